import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash48 } from './hash48.ts';
import { isThreadFacts, packThreadFacts, unpackThreadFacts } from './thread-facts.ts';

test('what is packed comes back, as hashes', () => {
  fc.assert(
    fc.property(
      fc.record({
        id: fc.option(fc.string(), { nil: undefined }),
        references: fc.array(fc.string(), { maxLength: 20 }),
        subject: fc.string(),
        isReply: fc.boolean(),
      }),
      (names) => {
        const octets = packThreadFacts(names);
        expect(isThreadFacts(octets)).toBe(true);
        expect(unpackThreadFacts(octets)).toEqual({
          isReply: names.isReply,
          subject: names.subject === '' ? 0 : hash48(names.subject),
          id: names.id === undefined ? 0 : hash48(names.id),
          references: names.references.map(hash48),
        });
      },
    ),
  );
});

test('other octets are a message without names', () => {
  for (const length of [0, 1, 12, 14]) {
    const octets = new Uint8Array(length).fill(7);
    expect(isThreadFacts(octets)).toBe(false);
    expect(unpackThreadFacts(octets)).toEqual({ isReply: false, subject: 0, id: 0, references: [] });
  }
});
