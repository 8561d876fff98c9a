import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeTransfer } from './decode-transfer.ts';
import type { Part } from './part.ts';
import { scanMessage } from './scan-message.ts';
import { hasVectors, vectorsFolder } from './testing/vector-messages.ts';

/** The MIME torture messages: the tree and the decoded bodies against what a strict parser of others makes of them. */
const folder = join(vectorsFolder, 'mime4j-mimetools');

/** What differs, and why. */
const known: Readonly<Record<string, string>> = {
  'multi-2gifs-base64':
    'a message/rfc822 in base64, which RFC 2046 section 5.2.1 forbids: IMAP servers do not look into it, the strict parser does',
  frag: 'base64 followed by other text: we decode what looks like base64 in it, the strict parser drops an incomplete group',
  'multi-frag':
    'base64 followed by other text: we decode what looks like base64 in it, the strict parser drops an incomplete group',
};

interface Want {
  readonly outline: string;
  readonly files: readonly string[];
}

function readWant(name: string): Want {
  const xml = readFileSync(join(folder, `${name}_decoded.xml`), 'latin1');
  const outline: string[] = [];
  const files: string[] = [];
  for (const [, end, tag, file] of xml.matchAll(
    /<(\/?)(message|multipart|body-part|text-body|binary-body)(?: name="([^"]*)")?\/?>/g,
  )) {
    if (file !== undefined) {
      outline.push('body');
      files.push(file);
    } else outline.push(end === '/' ? ')' : `${tag}(`);
  }
  return { outline: outline.join(' '), files };
}

function outlineOf(part: Part, leaves: Part[]): string {
  if (part.message !== undefined) return `message( ${outlineOf(part.message, leaves)} )`;
  if (part.type === 'multipart') {
    return ['multipart(', ...part.children.map((child) => `body-part( ${outlineOf(child, leaves)} )`), ')'].join(' ');
  }
  leaves.push(part);
  return 'body';
}

function matches(name: string): boolean {
  const octets = readFileSync(join(folder, `${name}.msg`));
  const want = readWant(name);
  const leaves: Part[] = [];
  if (`message( ${outlineOf(scanMessage(octets), leaves)} )` !== want.outline) return false;
  return leaves.every((part, index) => {
    const body = octets.subarray(part.bodyStart, part.bodyEnd);
    const decoded = Buffer.from(decodeTransfer(body, part.encoding) ?? body).toString('latin1');
    return (
      decoded.replaceAll('\r\n', '\n') ===
      readFileSync(join(folder, want.files[index] ?? ''), 'latin1').replaceAll('\r\n', '\n')
    );
  });
}

describe.skipIf(!hasVectors)('MIME-tools messages (skipped where ../shared/vectors is missing)', () => {
  test('trees and decoded bodies, but for the known differences', () => {
    const names = readdirSync(folder)
      .filter((file) => file.endsWith('.msg'))
      .map((file) => file.slice(0, -4));
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !matches(name)).toSorted()).toEqual(Object.keys(known).toSorted());
  });
});
