// Numbers and times as people read them; the same forms as server/web/language/formats.py.
import { t } from './sentences.js';

/** A length of time, to the precision that people care for. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours) return minutes ? t('%(hours)s 小时 %(minutes)s 分钟', { hours, minutes }) : t('%(hours)s 小时', { hours });
  if (!minutes) return t('%(seconds)s 秒', { seconds: rest });
  if (minutes >= 10 || !rest) return t('%(minutes)s 分钟', { minutes: minutes + (rest >= 30 ? 1 : 0) });
  return t('%(minutes)s 分 %(seconds)s 秒', { minutes, seconds: rest });
}

/** A file's size: 640 KB, 1.4 GB. */
export function size(bytes) {
  let value = bytes;
  for (const unit of ['B', 'KB', 'MB', 'GB']) {
    if (value < 1024) return `${unit === 'B' || unit === 'KB' || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} TB`;
}

/** A count in full up to 9,999 and shortened above: 1.2万, 12K. */
export function count(number) {
  const language = globalThis.document?.documentElement.lang || 'zh-CN';
  const form = Math.abs(number) < 10000 ? {} : { notation: 'compact', maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, form).format(number);
}

/** A place in a recording: 0:07, 12:34, 1:02:03; with `digits` after the seconds where it matters: 12:34.5. */
export function clock(seconds, digits = 0) {
  const steps = 10 ** digits;
  const whole = digits ? Math.round(Math.max(0, seconds) * steps) : Math.floor(Math.max(0, seconds));
  const rest = Math.floor(whole / steps);
  const [hours, minutes] = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60)];
  const pad = (number) => String(number).padStart(2, '0');
  const words = `${hours ? `${hours}:${pad(minutes)}` : minutes}:${pad(rest % 60)}`;
  return digits ? `${words}.${String(whole % steps).padStart(digits, '0')}` : words;
}
