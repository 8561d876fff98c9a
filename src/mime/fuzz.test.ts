import { describe, expect, test } from 'vitest';
import { parsePartMap } from './part-map.ts';
import { MessageScanner, scanMessage } from './scan-message.ts';
import { summarizeMessage } from './summarize-message.ts';
import { readImapValue } from './testing/read-imap-list.ts';
import { findTreeBreaches, treeOf } from './testing/tree-of.ts';
import { hasVectors, readOracle, readVectorMessage } from './testing/vector-messages.ts';
import { wholeText } from './testing/whole-text.ts';

/** A small generator with a seed, so that a failure can be had again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const INSERTS = [
  '\n',
  '\r\n',
  '\r',
  '\0',
  '--',
  '"',
  '(',
  ')',
  '<',
  '>',
  '@',
  ';',
  ':',
  '=',
  '=?utf-8?Q?',
  '?=',
  '\xff',
  ' ',
  '\n\n',
  'Content-Type: multipart/mixed; boundary=x\n',
  '*0*=',
];

/** The message with a few pieces cut out, doubled, moved or put in. */
function mutate(octets: Buffer, random: (below: number) => number): Buffer {
  let text = octets.toString('latin1');
  for (let count = 1 + random(6); count > 0; count--) {
    const at = random(text.length + 1);
    const end = Math.min(text.length, at + random(random(2) === 0 ? 8 : 400));
    const piece = text.slice(at, end);
    const kind = random(4);
    if (kind === 0) text = text.slice(0, at) + text.slice(end);
    else if (kind === 1) text = text.slice(0, at) + piece + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + (INSERTS[random(INSERTS.length)] ?? '') + text.slice(at);
    else {
      const to = random(text.length + 1);
      text = text.slice(0, to) + piece + text.slice(to);
    }
  }
  return Buffer.from(text, 'latin1');
}

function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

describe.skipIf(!hasVectors)('mutated vectors (skipped where ../shared/vectors is missing)', () => {
  const small = hasVectors
    ? readOracle()
        .filter(({ size }) => size < 20_000)
        .map(({ path }) => path)
    : [];

  test('whatever happens to a message, it has a sound tree and a clean summary', async () => {
    const random = randomFrom(20_261_124);
    for (let round = 0; round < 3000; round++) {
      const path = small[random(small.length)] ?? '';
      const octets = mutate(readVectorMessage(path), random);
      const root = scanMessage(octets);
      const where = `${path} in round ${round}`;
      expect(findTreeBreaches(root, octets.length), where).toEqual([]);

      const scanner = new MessageScanner({}, 1);
      const size = 1 + random(700);
      for (let at = 0; at < octets.length; at += size) scanner.write(octets.subarray(at, at + size));
      if (round % 5 === 0) expect(treeOf(scanner.end()), where).toEqual(treeOf(root));

      const summary = summarizeMessage(root, octets.subarray(0, 65_536));
      readImapValue(summary.envelope);
      readImapValue(summary.bodyStructure);
      expect(parsePartMap(summary.partMap).ok, where).toBe(true);
      const { from, to, cc, messageId = '', references, inReplyTo, sortFrom, sortTo } = summary;
      const names = [...from, ...to, ...cc].flatMap(({ name, localPart, domain }) => [name, localPart, domain]);
      const texts = [
        summary.preview,
        summary.subject,
        summary.baseSubject,
        messageId,
        sortFrom,
        sortTo,
        ...references,
        ...inReplyTo,
        ...names,
      ];
      expect(texts.every(isClean), where).toBe(true);

      const { headers, body } = await wholeText((start, end) => octets.subarray(start, end), root);
      expect(isClean(headers) && isClean(body), where).toBe(true);
    }
  });
});
