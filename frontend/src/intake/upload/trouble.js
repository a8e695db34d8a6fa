// What a request of an upload that did not get through means: to go on in another way, to try again, or to stop and
// say why. It only decides; transfer.js does it.

export const CHUNK_BYTES = 8 * 1024 * 1024; // proxies on the way commonly refuse larger requests
export const SMALL_CHUNK_BYTES = 900 * 1024; // what fits through those that let 1 MB through (nginx, unless told otherwise)
export const RETRY_MS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000, 60000, 60000];
const CUT_OFF_TIMES = 4; // so often a reachable server must not have been reached by an upload

/**
 * `facts` of a failed request:
 * status     of its answer, 0 when there was none
 * ours       whether the answer was written by our server and not by something on the way
 * sendsChunk whether it carried bytes of the file
 * attempt    which failure in a row this is, from 1; a chunk that arrives begins anew
 * advanced   whether any chunk has arrived before
 * reached    with status 0: whether the server answers anything at all
 * overrides  whether POST stands for PATCH already
 * chunkBytes how much one chunk may carry
 *
 * Returns {act, why}: act is "override" (send POST for PATCH), "smaller" (send smaller chunks), "again" (after
 * RETRY_MS) or "stop"; why is a key of words.js, "" where the answer itself says it, or nobody needs to know.
 */
export function judge(facts) {
  if (facts.status === 0) return withoutAnswer(facts);
  if (facts.status < 400) return { act: 'stop', why: 'stripped' }; // tus found its headers missing
  if (facts.status === 409 || facts.status === 423 || facts.status === 429) return again(facts, '');
  if (facts.ours) return ofOurs(facts);
  return ofAProxy(facts);
}

function withoutAnswer(facts) {
  const { attempt, advanced, reached, sendsChunk, overrides, chunkBytes } = facts;
  if (!reached) return again(facts, 'away');
  if (advanced) return again(facts, 'broken');
  if (attempt >= CUT_OFF_TIMES) return { act: 'stop', why: 'cut' };
  if (attempt >= 2 && sendsChunk && chunkBytes > SMALL_CHUNK_BYTES) return { act: 'smaller', why: '' };
  if (attempt >= 2 && sendsChunk && !overrides) return { act: 'override', why: '' };
  return again(facts, 'broken');
}

function ofOurs(facts) {
  // Busy or broken, but not for good; a full disk (507) is.
  const passes = facts.status >= 500 && facts.status !== 507;
  return passes ? again(facts, 'said') : { act: 'stop', why: 'said' };
}

function ofAProxy(facts) {
  const { status, sendsChunk, overrides, chunkBytes } = facts;
  if (status === 413) {
    const large = sendsChunk && chunkBytes > SMALL_CHUNK_BYTES;
    return large ? { act: 'smaller', why: '' } : { act: 'stop', why: 'size' };
  }
  if ([500, 502, 503, 504].includes(status)) return again(facts, 'gateway');
  // Methods are refused with 405 and 501, and by firewalls with whatever they use for everything.
  if (sendsChunk && !overrides) return { act: 'override', why: '' };
  return { act: 'stop', why: status === 405 || status === 501 ? 'method' : 'firewall' };
}

function again({ attempt }, why) {
  return attempt > RETRY_MS.length ? { act: 'stop', why: why || 'said' } : { act: 'again', why };
}
