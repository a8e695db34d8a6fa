// What is said of an upload that does not get through: what happened, and what can be done about it.
import { RequestError } from '../../shared/http.js';
import { t } from '../../shared/sentences.js';

const ASK = () => t('请把这句话告诉管理员；在服务器上运行 weike doctor 能查出是哪一处。');

/** Why an upload stopped, as a RequestError; `why` is what trouble.js found. */
export function reasonOf(why, status) {
  const words = {
    away: [t('连不上服务器。'), t('请检查网络；连上后点“继续”，会接着传。')],
    broken: [t('连接一再断开，没有传完。'), t('请换一个稳定的网络，再点“继续”，会接着传。')],
    cut: [
      t('服务器连得上，但上传的请求每次都在半路被切断：中间的代理、防火墙或浏览器插件不让它通过。'),
      t('请换一个网络或浏览器再试；仍然如此，请把这句话告诉管理员，让他在服务器上运行 weike doctor。'),
    ],
    stripped: [
      t('上传的请求到了，回答里却少了必要的内容：中间的代理去掉了 Location 或 Upload-Offset 这样的标头。'),
      t('请管理员让代理原样传递 /tus/ 的标头。'),
    ],
    size: [t('中间的代理连很小的一块也不收（413）。'), t('请管理员放宽代理的请求大小（nginx：client_max_body_size 9m）。')],
    method: [
      t('中间的代理不让上传用的请求通过（%(status)s），换一种方法也不行。', { status }),
      t('请管理员让代理对 /tus/ 放行 PATCH、HEAD 和 POST。'),
    ],
    firewall: [
      t('网站前面的防火墙或代理拒绝了上传（%(status)s），微课没有收到。', { status }),
      t('请管理员在防火墙里放行 /tus/ 和 /api/ 的请求。'),
    ],
    gateway: [t('网站前面的代理联系不到微课（%(status)s）。', { status }), t('请管理员看看微课是否在运行。')],
  }[why];
  return new RequestError(status, why, words[0], why === 'firewall' ? `${words[1]} ${ASK()}` : words[1]);
}

/** What is shown while it is tried again. */
export function waitingWords(why, status) {
  return {
    away: t('连不上服务器，正在自动重试……'),
    broken: t('连接断了，正在自动接着传……'),
    gateway: t('网站前面的代理联系不到微课（%(status)s），正在自动重试……', { status }),
  }[why] ?? '';
}
