// Whether this browser is told of notices by push. Shown where the browser can, which needs https.
import { request } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';
import { at } from '../../shared/site.js';

const place = document.getElementById('push');
const button = place?.querySelector('button[data-do="push"]');
const said = place?.querySelector('[role="status"]');

function say(words) {
  said.textContent = words;
  said.hidden = false;
}

function bytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function same(buffer, other) {
  const one = new Uint8Array(buffer ?? []);
  return one.length === other.length && one.every((value, n) => value === other[n]);
}

async function begin(key) {
  if ((await Notification.requestPermission()) !== 'granted') {
    say(t('浏览器不允许通知。请在地址栏旁边的网站设置里允许，再试一次。'));
    return;
  }
  const worker = await navigator.serviceWorker.register(at('/push-worker.js'), { scope: at('/') });
  await navigator.serviceWorker.ready;
  const old = await worker.pushManager.getSubscription();
  // Of a key that the site has no more: nothing would come.
  if (old && !same(old.options.applicationServerKey, key)) await old.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  try {
    await request('POST', '/notices/push', { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
}

async function end(subscription) {
  await request('POST', '/notices/push/end', { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

async function present() {
  try {
    const worker = await navigator.serviceWorker.getRegistration(at('/'));
    return (await worker?.pushManager.getSubscription()) ?? null;
  } catch {
    return null; // nothing may be kept here: a private window
  }
}

async function show() {
  const on = await present();
  button.textContent = on ? t('不再推送到这个浏览器') : t('推送到这个浏览器');
  button.hidden = false;
}

if (place && button) {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) {
    say(t('这个浏览器不能接收推送，或者网站没有用 https 打开。'));
  } else {
    const key = bytes(place.dataset.key);
    show();
    button.addEventListener('click', async () => {
      button.disabled = true;
      said.hidden = true;
      try {
        const on = await present();
        await (on ? end(on) : begin(key));
      } catch (error) {
        say(error.said ?? t('连不上浏览器厂商的推送服务，推送没有打开。内网里通常用不了。'));
      }
      button.disabled = false;
      await show();
    });
  }
}
