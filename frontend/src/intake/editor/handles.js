// Which borders can be moved, and what they are called. A handle's id is the key of the piece that begins there, or
// "end" for the end of the last piece: keys stay when borders move, numbers do not.
import { t } from '../../shared/sentences.js';
import { isBorder, numberOf } from './model.js';

export const END = 'end';

/** The border a handle stands for, -1 when there is none any more. */
export function borderOf(state, id) {
  if (id === END) return state.pieces.length;
  return state.pieces.findIndex((piece) => String(piece.key) === id);
}

export const idOf = (state, border) => (border === state.pieces.length ? END : String(state.pieces[border].key));

/** What a border separates, in words. */
export function nameOf(state, border) {
  const before = border > 0 ? numberOf(state, border - 1) : null;
  const after = border < state.pieces.length ? numberOf(state, border) : null;
  if (before !== null && after !== null) return t('第 %(before)s 段和第 %(after)s 段的分界', { before, after });
  if (after !== null) return t('第 %(n)s 段的开头', { n: after });
  return t('第 %(n)s 段的结尾', { n: before });
}

/** All handles: [{id, border, at, name}]. The lecture's own ends have one where a clip touches them. */
export function handlesOf(state) {
  const count = state.pieces.length;
  return state.borders
    .map((at, border) => ({ border, at }))
    .filter(({ border }) => {
      if (border === 0) return !state.pieces[0].dropped;
      if (border === count) return !state.pieces[count - 1].dropped;
      return isBorder(state, border);
    })
    .map(({ border, at }) => ({ id: idOf(state, border), border, at, name: nameOf(state, border) }));
}
