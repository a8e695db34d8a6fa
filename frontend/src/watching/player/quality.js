// Which rendition plays: what the line carries, one that somebody chose, or little data.
import { fill } from '../../shared/fill.js';
import { size } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';
import { savesData } from '../../shared/source.js';
import { remembered } from './kept.js';

const SOUND = 'audio';
export const AUTO = 'auto';

/** The rung to play of `rungs` ({ name, bytes }, best first, sound last): AUTO, or a name among them. */
export function rungFor(rungs, quality, saver) {
  const names = rungs.map(({ name }) => name);
  const pictures = names.filter((name) => name !== SOUND);
  if (saver === 'sound' && names.includes(SOUND)) return SOUND;
  if (saver !== 'off' && pictures.length) return pictures[pictures.length - 1];
  if (!quality || quality === AUTO) return AUTO;
  if (names.includes(quality)) return quality;
  // This clip has not that height: the nearest below, else the smallest.
  const height = parseInt(quality, 10);
  return pictures.find((name) => parseInt(name, 10) <= height) ?? pictures[pictures.length - 1] ?? AUTO;
}

/** The playlist of a rung beside a master playlist; the master itself for AUTO. */
export function playlistOf(master, rung) {
  return rung === AUTO ? master : `${master.slice(0, master.lastIndexOf('/') + 1)}${rung}/index.m3u8`;
}

/** The two lists, "quality" and "save data". `onChange()` when another rendition is wanted. */
export class Quality {
  constructor(onChange) {
    this.list = document.getElementById('quality');
    this.saver = document.getElementById('saver');
    this.rungs = [];
    this.list.addEventListener('change', () => {
      remembered('quality', this.list.value);
      remembered('saver', 'off'); // who chooses by hand has chosen
      this.show();
      onChange();
    });
    this.saver.addEventListener('change', () => {
      remembered('saver', this.saver.value);
      this.show();
      onChange();
    });
  }

  get saving() {
    return remembered('saver') ?? (savesData() ? 'small' : 'off');
  }

  get rung() {
    return rungFor(this.rungs, remembered('quality'), this.saving);
  }

  get sound() {
    return this.rung === SOUND;
  }

  open(clip) {
    this.rungs = clip.rungs ?? [];
    const about = (bytes) => size(bytes);
    const named = ({ name, label, bytes }) => new Option(t('%(quality)s（约 %(size)s）', { quality: label, size: about(bytes) }), name);
    fill(this.list, new Option(t('自动'), AUTO), ...this.rungs.map(named));
    this.list.closest('label').hidden = this.rungs.length < 2;
    const small = this.rungs.filter(({ name }) => name !== SOUND).pop();
    const sound = this.rungs.find(({ name }) => name === SOUND);
    const ways = [new Option(t('关'), 'off')];
    if (small) ways.push(new Option(t('小画面，这一段约 %(size)s', { size: about(small.bytes) }), 'small'));
    if (sound && small) ways.push(new Option(t('只要声音，约 %(size)s', { size: about(sound.bytes) }), 'sound'));
    fill(this.saver, ...ways);
    this.saver.closest('label').hidden = ways.length < 2;
    this.show();
  }

  show() {
    const { rung } = this;
    this.list.value = rung;
    this.saver.value = this.saving;
    const chosen = this.rungs.find(({ name }) => name === rung);
    const short = chosen ? (chosen.name === SOUND ? t('声音') : chosen.name) : t('自动');
    this.list.previousElementSibling.textContent = short;
  }
}
