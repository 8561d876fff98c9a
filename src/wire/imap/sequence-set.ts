/**
 * Numbers of messages or uids as a client names them: `2,4:7,9,12:*`, or `$` for the saved result of the last search.
 * RFC 9051 section 9, sequence-set. `*` is `star`; ranges stand as written, also backwards ones.
 */
export type SequenceSet =
  | { readonly kind: 'ranges'; readonly ranges: readonly (readonly [first: number, last: number])[] }
  | { readonly kind: 'saved' };

/** The value of `*`: the largest number in use. */
export const star = Infinity;

/** All ranges ascending, none touching another, with `*` replaced by `largest`. Without `$`, which only a session can resolve. */
export function normalizeRanges(
  ranges: readonly (readonly [number, number])[],
  largest: number,
): (readonly [number, number])[] {
  const sorted = ranges.map(([a, b]): [number, number] => {
    const first = a === star ? largest : a;
    const last = b === star ? largest : b;
    return first <= last ? [first, last] : [last, first];
  });
  sorted.sort((x, y) => x[0] - y[0]);
  const merged: [number, number][] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && range[0] <= previous[1] + 1) {
      if (range[1] > previous[1]) previous[1] = range[1];
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** The set as a client would write it. */
export function printSequenceSet(set: SequenceSet): string {
  if (set.kind === 'saved') return '$';
  const end = (n: number): string => (n === star ? '*' : String(n));
  return set.ranges.map(([a, b]) => (a === b ? end(a) : `${end(a)}:${end(b)}`)).join(',');
}

/** Numbers in ascending order as a set, neighbours joined: `1:3,7`. RFC 9051 section 9, uid-set. '' for none. */
export function printNumbers(numbers: ArrayLike<number>): string {
  let out = '';
  let at = 0;
  while (at < numbers.length) {
    const first = numbers[at] ?? 0;
    let last = first;
    while (++at < numbers.length && numbers[at] === last + 1) last++;
    out += `${out === '' ? '' : ','}${first === last ? first : `${first}:${last}`}`;
  }
  return out;
}
