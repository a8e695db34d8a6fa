// The bar at the bottom: what saving will do, saving, and what to do when it cannot be done.
import { clock } from '../../shared/format.js';
import { request } from '../../shared/http.js';
import { t, tn } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';
import { problemWords } from './list.js';
import { lengthOf, numberOf, wanted } from './model.js';

const byId = (id) => document.getElementById(id);

/** What saving does, in sentences. */
export function verdictWords({ kept, made, gone, renamed }) {
  const words = [];
  const comma = t('，');
  if (made) {
    if (kept) words.push(tn('%(num)s 个短视频保持不变', '%(num)s 个短视频保持不变', kept, { num: kept }));
    words.push(tn('%(num)s 个重新制作', '%(num)s 个重新制作', made, { num: made }));
    return t('%(what)s。旧的在新的做好之前照常播放。', { what: words.join(comma) });
  }
  if (gone) words.push(tn('%(num)s 个短视频不再显示', '%(num)s 个短视频不再显示', gone, { num: gone }));
  if (renamed) words.push(tn('%(num)s 个改名', '%(num)s 个改名', renamed, { num: renamed }));
  return t('%(what)s。不用重新制作，马上生效。', { what: words.join(comma) });
}

export class SaveBar {
  constructor(editor) {
    this.editor = editor;
    this.button = byId('save');
    this.button.addEventListener('click', () => this.save());
    byId('save-show').addEventListener('click', () => this.editor.showProblem());
    byId('conflict-mine').addEventListener('click', () => this.#mine());
    byId('conflict-theirs').addEventListener('click', () => {
      this.editor.leaving = true;
      window.location.reload();
    });
    window.addEventListener('beforeunload', (event) => {
      if (this.editor.verdict.changed && !this.editor.leaving) event.preventDefault();
    });
  }

  show() {
    const { verdict, problems, state, limits } = this.editor;
    const [problem] = problems;
    this.button.disabled = !verdict.changed || Boolean(problem) || this.saving;
    byId('save-bar').classList.toggle('changed', verdict.changed);
    byId('save-show').hidden = !problem || problem.i === null;
    let words = t('还没有改动。');
    if (problem) {
      words = problem.i === null ? problemWords(problem, 0, limits) : t('还不能保存：第 %(n)s 段长 %(length)s。', {
        n: numberOf(state, problem.i), length: clock(lengthOf(state, problem.i)),
      });
    } else if (verdict.changed) words = verdictWords(verdict);
    if (byId('save-words').textContent !== words) byId('save-words').textContent = words;
  }

  async save() {
    const { editor } = this;
    if (this.button.disabled) return;
    editor.listener.stop();
    this.saving = true;
    this.button.disabled = true;
    this.button.textContent = t('正在保存……');
    this.#fail('');
    try {
      const words = verdictWords(editor.verdict);
      const answer = await request('PUT', editor.url, { version: editor.cuts.version, clips: wanted(editor.state) });
      editor.leaving = true;
      this.#tell(words);
      window.location.href = answer.state === 'ready' ? at(`/lessons/${editor.lesson}`) : answer.progress;
    } catch (error) {
      this.saving = false;
      this.button.textContent = t('保存');
      if (error.code === 'cuts_changed') byId('conflict').hidden = false;
      else this.#fail(error.said ?? String(error));
      this.show();
      byId('save-bar').scrollIntoView({ block: 'nearest' });
    }
  }

  /** Somebody else was faster: what stands here is saved over it. */
  async #mine() {
    try {
      this.editor.renew(await request('GET', this.editor.url));
      byId('conflict').hidden = true;
      await this.save();
    } catch (error) {
      this.#fail(error.said ?? String(error));
    }
  }

  /** A word for the page that comes next. */
  #tell(words) {
    try {
      const said = { at: at(`/lessons/${this.editor.lesson}`), words: t('已保存。%(what)s', { what: words }) };
      sessionStorage.setItem('weike.said', JSON.stringify(said));
    } catch {
      // Storage may be forbidden: the next page then says nothing.
    }
  }

  #fail(words) {
    const place = byId('save-problem');
    place.hidden = !words;
    place.textContent = words;
  }
}
