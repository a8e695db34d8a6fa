// Talking to our own server: JSON, the CSRF token on every request, and errors that carry a sentence.
import { t } from './sentences.js';

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

/** The server's own words in an error body, or general ones. */
export function readError(status, body) {
  let said = null;
  try {
    said = JSON.parse(body);
  } catch {
    // Not ours: a proxy's page, or nothing at all.
  }
  said = said?.message ? said : said?.detail;
  if (said?.message) return new RequestError(status, said.error, said.message, said.todo, said);
  if (status === 413) return new RequestError(status, 'too_large', t('服务器或网络代理不收这么大的内容。'), t('请联系管理员。'));
  return new RequestError(status, 'error', t('服务器没有答应（%(status)s）。', { status }), t('请过一会儿再试。'));
}

/**
 * Send a request; the answer's JSON, or null when it has none. Rejects with RequestError.
 * `keepalive`: it is sent even when the page is being left.
 */
export async function request(method, url, body, { keepalive = false } = {}) {
  const headers = { Accept: 'application/json', 'X-CSRF-Token': csrf() };
  if (body !== undefined && !(body instanceof FormData)) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(url, { method, headers, body, credentials: 'same-origin', keepalive });
  } catch {
    throw new RequestError(0, 'offline', t('连不上服务器。'), t('请检查网络。'));
  }
  const text = await answer.text();
  if (!answer.ok) throw readError(answer.status, text);
  return text ? JSON.parse(text) : null;
}
