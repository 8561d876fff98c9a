import { expect, test } from 'vitest';
import fc from 'fast-check';
import { BoundarySet } from './boundary-set.ts';

/** The rule, told simply: the longest open boundary that the line begins with, of equal ones the innermost. */
function simpleMatch(open: readonly { text: string; level: number }[], line: string): unknown {
  const [best] = open
    .filter(({ text }) => line.startsWith(text))
    .toSorted((a, b) => b.text.length - a.text.length || b.level - a.level);
  return best && { level: best.level, isClose: line.startsWith('--', best.text.length) };
}

const texts = fc
  .array(fc.constantFrom('a', 'b', '-', '--', 'aa', 'ab'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));
const steps = fc.array(
  fc.oneof(
    texts.map((add) => ({ add })),
    fc.nat(6).map((remove) => ({ remove })),
  ),
  { maxLength: 20 },
);

test('agrees with the simple rule, after any opening and closing', () => {
  fc.assert(
    fc.property(steps, fc.array(texts, { maxLength: 6 }), (actions, lines) => {
      const set = new BoundarySet();
      let open: { text: string; level: number }[] = [];
      for (const action of actions) {
        if ('add' in action) {
          const level = (open.at(-1)?.level ?? 0) + 1;
          set.add(action.add, level);
          open.push({ text: action.add, level });
        } else {
          set.removeFrom(action.remove);
          open = open.filter(({ level }) => level < action.remove);
        }
        expect(set.size).toBe(open.length);
        for (const line of lines) {
          const octets = Buffer.from(`--${line}\r\n`);
          expect(set.match(octets, 0, octets.length - 1)).toEqual(simpleMatch(open, line));
        }
      }
    }),
    { seed: 20, numRuns: 2000 },
  );
});

test('only lines that begin with two dashes', () => {
  const set = new BoundarySet();
  set.add('a', 0);
  for (const line of ['-a', 'a', '', '-', ' --a']) expect(set.match(Buffer.from(line), 0, line.length)).toBeUndefined();
});
