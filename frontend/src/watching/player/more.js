// The menu of what is chosen seldom; and what of it is not a list of its own: a small window, sharing this second.
import { clock } from '../../shared/format.js';
import { t } from '../../shared/sentences.js';

export class More {
  constructor(video, stage, { at, clip }) {
    this.video = video;
    this.panel = stage.querySelector('#player-more');
    this.button = stage.querySelector('[data-do=more]');
    this.said = stage.querySelector('#player-said');
    this.at = at;
    this.clip = clip;
    const small = stage.querySelector('[data-do=window]');
    small.hidden = !(document.pictureInPictureEnabled || video.webkitSupportsPresentationMode?.('picture-in-picture'));
    stage.addEventListener('click', (event) => {
      const what = event.target.closest('[data-do]')?.dataset.do;
      if (what === 'more') this.toggle();
      else if (what === 'window') this.smallWindow();
      else if (what === 'share') this.share();
    });
    document.addEventListener('click', (event) => {
      if (!this.panel.hidden && !event.target.closest('#player-more, [data-do=more]')) this.close(false);
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.panel.hidden) {
        event.stopPropagation();
        this.close();
      }
    });
  }

  toggle() {
    if (this.panel.hidden) this.open();
    else this.close();
  }

  open() {
    this.panel.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.said.textContent = '';
    [...this.panel.querySelectorAll('select, button, summary')].find((one) => one.offsetParent)?.focus({ preventScroll: true });
  }

  close(back = true) {
    this.panel.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (back) this.button.focus({ preventScroll: true });
  }

  /** The table of keys. */
  help() {
    this.open();
    const keys = this.panel.querySelector('#player-keys');
    keys.open = true;
    keys.querySelector('summary').focus();
    keys.scrollIntoView({ block: 'nearest' });
  }

  async smallWindow() {
    const { video } = this;
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else if (video.requestPictureInPicture) await video.requestPictureInPicture();
      else video.webkitSetPresentationMode('picture-in-picture');
      this.close();
    } catch {
      this.said.textContent = t('这里现在不能用小窗播放，请先开始播放。');
    }
  }

  async share() {
    const clip = this.clip();
    const at = Math.floor(this.at());
    const address = new URL(clip.share ?? window.location.href.split('?')[0], window.location.href);
    address.searchParams.set('t', String(at));
    const { href } = address;
    const title = clip.name ? `${clip.title} · ${clip.name}` : clip.title;
    try {
      if (navigator.share && window.matchMedia('(pointer: coarse)').matches) {
        await navigator.share({ title, url: href });
        this.said.textContent = '';
        return;
      }
      await navigator.clipboard.writeText(href);
      this.said.textContent = t('已复制从 %(at)s 开始的网址。', { at: clock(at) });
    } catch (error) {
      // Not over plain http, and not in every built-in browser: it can still be read and copied by hand.
      if (error?.name !== 'AbortError') this.said.textContent = t('从 %(at)s 开始的网址：%(url)s', { at: clock(at), url: href });
    }
  }
}
