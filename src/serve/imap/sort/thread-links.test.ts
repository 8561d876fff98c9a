import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash48 } from '../../../store/hash48.ts';
import { ThreadLinks } from './thread-links.ts';

const noTurn = (): undefined => undefined;

interface Message {
  readonly id: string | undefined;
  readonly references: readonly string[];
}

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const anyMessages = fc.array(
  fc.record({ id: fc.option(ids, { nil: undefined }), references: fc.array(ids, { maxLength: 5 }) }),
  { maxLength: 30 },
);

/** Step 1 of REFERENCES as it stands in the RFC, with names for nodes. */
function plainLinks(messages: readonly Message[]): { parents: Map<string, string>; real: Map<string, number> } {
  const parents = new Map<string, string>();
  const real = new Map<string, number>();
  const isWithin = (name: string | undefined, above: string): boolean => {
    for (let at = name; at !== undefined; at = parents.get(at)) if (at === above) return true;
    return false;
  };
  messages.forEach(({ id, references }, at) => {
    const name = id === undefined || real.has(id) ? `unique ${at}` : id;
    real.set(name, at);
    references.forEach((next, i) => {
      const before = references[i - 1];
      if (before !== undefined && !parents.has(next) && !isWithin(before, next)) parents.set(next, before);
    });
    const last = references.at(-1);
    parents.delete(name);
    if (last !== undefined && !isWithin(last, name)) parents.set(name, last);
  });
  return { parents, real };
}

describe('links', () => {
  test('are those of the plainest reading of the RFC, and pruned as it says', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessages, async (messages) => {
        const links = new ThreadLinks(messages.length);
        messages.forEach(({ id, references }, at) =>
          links.add(at, id === undefined ? 0 : hash48(id), references.map(hash48)),
        );
        await links.prune(noTurn);
        const { parents, real } = plainLinks(messages);
        // The nearest message above, or what is on top.
        const above = (name: string): string | undefined => {
          let at = parents.get(name);
          while (at !== undefined && !real.has(at) && parents.has(at)) at = parents.get(at);
          return at;
        };
        const tops = [...real.keys()].map(above).filter((top) => top !== undefined && !real.has(top));
        for (const [name, message] of real) {
          const want = above(name);
          const node = links.messages.indexOf(message);
          const parent = links.parents[node] ?? -1;
          if (want !== undefined && real.has(want)) expect(links.messages[parent]).toBe(real.get(want));
          else if (want === undefined || tops.filter((top) => top === want).length < 2) expect(parent).toBe(-1);
          else {
            expect(links.messages[parent]).toBe(-1);
            expect(links.parents[parent]).toBe(-1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a chain of a hundred thousand, told from either end', async () => {
    for (const backwards of [false, true]) {
      const links = new ThreadLinks(100_000);
      for (let i = 0; i < 100_000; i++) {
        const at = backwards ? 99_999 - i : i;
        links.add(i, at + 1, at === 0 ? [] : [at]);
      }
      await links.prune(noTurn);
      expect(links.parents.filter((parent) => parent < 0)).toHaveLength(1);
    }
  });

  test('ids that no message has are kept up to a limit', () => {
    const links = new ThreadLinks(1);
    links.add(0, 1, [2]);
    for (let i = 0; i < 3000; i++)
      links.add(
        0,
        0,
        Array.from({ length: 101 }, (_each, k) => 1000 * (i + 1) + k),
      );
    expect(links.parents.length).toBeLessThan(110_000);
  });
});
