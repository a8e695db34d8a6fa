// Talking to our own server: JSON, the CSRF token on every request, and errors that carry a sentence.
import { t } from './sentences.js';
import { at } from './site.js';

/** A request that did not succeed. `status` is 0 when the server was not reached. */
export class RequestError extends Error {
  constructor(status, code, message, todo = '', body = null) {
    super(message);
    this.body = body; // all that the server said, for whoever knows more of this code
    this.status = status;
    this.code = code;
    this.todo = todo;
  }

  /** What happened and what to do, in one line. */
  get said() {
    const gap = document.documentElement.lang.startsWith('zh') ? '' : ' ';
    return [this.message, this.todo].filter(Boolean).join(gap);
  }
}

export function csrf() {
  return document.querySelector('meta[name="csrf"]').content;
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null; // not ours: a proxy's page, or nothing at all
  }
}

/** Whether an error was written by our server, and not by something on the way. */
export function isOurs(body) {
  return Boolean(parsed(body)?.message);
}

/** The server's own words in an error body, or what can be told of whoever spoke in its place. */
export function readError(status, body) {
  let said = parsed(body);
  said = said?.message ? said : said?.detail;
  if (said?.message) return new RequestError(status, said.error, said.message, said.todo, said);
  if (status === 413) return new RequestError(status, 'too_large', t('服务器或网络代理不收这么大的内容。'), t('请联系管理员。'));
  if ([502, 503, 504].includes(status)) {
    return new RequestError(status, 'gateway', t('网站前面的代理联系不到微课（%(status)s）。', { status }), t('请管理员看看微课是否在运行。'));
  }
  if (status >= 400) {
    return new RequestError(
      status,
      'firewall',
      t('网站前面的防火墙或代理拒绝了这个请求（%(status)s），微课没有收到。', { status }),
      t('请管理员在防火墙里放行 /tus/ 和 /api/ 的请求。'),
    );
  }
  return new RequestError(status, 'error', t('服务器没有答应（%(status)s）。', { status }), t('请过一会儿再试。'));
}

/** Whether POST carries the other methods, because something on the way refused one of them. */
export const overriding = { on: false };
const THROUGH_EVERYTHING = ['GET', 'HEAD', 'POST'];
const REFUSALS = [400, 403, 405, 501];

async function send(method, url, body, keepalive) {
  const headers = { Accept: 'application/json', 'X-CSRF-Token': csrf() };
  if (body !== undefined && !(body instanceof FormData)) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(body);
  }
  const carried = overriding.on && !THROUGH_EVERYTHING.includes(method);
  if (carried) headers['X-HTTP-Method-Override'] = method;
  try {
    const options = { method: carried ? 'POST' : method, headers, body, credentials: 'same-origin', keepalive };
    const answer = await fetch(at(url), options);
    return { answer, text: await answer.text(), carried };
  } catch {
    throw new RequestError(0, 'offline', t('连不上服务器。'), t('请检查网络。'));
  }
}

/**
 * Send a request to a path of the site; the answer's JSON, or null when it has none. Rejects with RequestError.
 * `keepalive`: it is sent even when the page is being left.
 */
export async function request(method, url, body, { keepalive = false } = {}) {
  let { answer, text, carried } = await send(method, url, body, keepalive);
  const refused = REFUSALS.includes(answer.status) && !isOurs(text);
  if (refused && !carried && !THROUGH_EVERYTHING.includes(method)) {
    overriding.on = true;
    ({ answer, text } = await send(method, url, body, keepalive));
  }
  if (!answer.ok) throw readError(answer.status, text);
  const said = text ? parsed(text) : null;
  if (said === null && text && text !== 'null') {
    const words = t('回答不是微课写的：中间的代理或上网登录页把它换掉了。');
    throw new RequestError(answer.status, 'replaced', words, t('请先打开任意一个网页，完成上网登录，再试一次；仍然如此，请联系管理员。'));
  }
  return said;
}
