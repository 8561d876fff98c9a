/**
 * Run by hand, not a test: what signatures cost and how often they say "perhaps" where the answer is no.
 *
 *     node bench/measure-signatures.ts FOLDER    # of messages; looks into its folders
 *
 * Bodies are taken as they are (not decoded), each message up to 1 MiB. Needles are drawn from other messages of the
 * folder: words, and pieces of any text.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldForSearch } from '../src/mime/fold-for-search.ts';
import { encodeBlock, findCandidates } from '../src/store/search/signature-block.ts';
import { computeSignature, hashNeedles, mayContain } from '../src/store/search/trigram-signature.ts';

interface Mail {
  readonly header: string;
  readonly text: string;
}

/** Words as often as they are used, each word once, or any characters in a row. */
type Kind = 'word' | 'distinct word' | 'piece';

const needlesEach = 300;
const pools = new Map<string, readonly string[]>();
const unset = new Uint8Array(0);
let seed = 42;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

const mails = readMails(process.argv[2] ?? '.');
const signed = mails.map(({ header, text }, id) => ({
  id,
  header: computeSignature(header),
  text: computeSignature(text),
}));
const octets = mails.reduce((sum, { text }) => sum + text.length, 0);
const size = (which: 'header' | 'text') =>
  Math.round(signed.reduce((sum, mail) => sum + mail[which].length, 0) / mails.length);
print(`${mails.length} messages of ${Math.round(octets / mails.length)} characters on average`);
print(`signature of the header ${size('header')} octets, of header and body ${size('text')}`);
measureFalsePositives();
measureSpeed();

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function measureFalsePositives(): void {
  for (const kind of ['word', 'distinct word', 'piece'] as const) {
    for (const length of [3, 4, 5, 6, 8, 12]) {
      for (const where of ['header', 'text'] as const) print(falsePositives(kind, length, where));
    }
  }
}

/** Messages that are candidates but do not contain the needle, among all that do not contain it. */
function falsePositives(kind: Kind, length: number, where: 'header' | 'text'): string {
  let [without, wrong, missed] = [0, 0, 0];
  for (let i = 0; i < needlesEach; i++) {
    const needle = draw(kind, length, where);
    const hashes = needle === undefined ? undefined : hashNeedles(needle);
    if (needle === undefined || hashes === undefined) continue;
    for (const [at, mail] of mails.entries()) {
      const candidate = mayContain(signed[at]?.[where] ?? new Uint8Array(0), hashes);
      if (mail[where].includes(needle)) missed += candidate ? 0 : 1;
      else {
        without++;
        wrong += candidate ? 1 : 0;
      }
    }
  }
  const rate = ((100 * wrong) / without).toFixed(2);
  return `${kind} of ${length} in ${where}: ${rate} % false positives${missed > 0 ? `, ${missed} MISSED` : ''}`;
}

function draw(kind: Kind, length: number, where: 'header' | 'text'): string | undefined {
  if (kind === 'piece') {
    const text = mails[random(mails.length)]?.[where] ?? '';
    const start = random(Math.max(text.length - length, 1));
    return text.slice(start, start + length);
  }
  const pool = words(length, where, kind === 'distinct word');
  return pool[random(pool.length)];
}

function words(length: number, where: 'header' | 'text', distinct: boolean): readonly string[] {
  const name = `${length} ${where} ${distinct}`;
  let pool = pools.get(name);
  if (pool === undefined) {
    const all = mails.flatMap((mail) => mail[where].split(/[^\p{L}]+/u).filter((word) => word.length === length));
    pool = distinct ? [...new Set(all)] : all;
    pools.set(name, pool);
  }
  return pool;
}

function measureSpeed(): void {
  const text =
    mails
      .map((mail) => mail.text)
      .find(({ length }) => length > 4096)
      ?.slice(0, 4096) ?? '';
  const copies = Array.from({ length: 2000 }, (_, i) => `${text}${i}`);
  for (const copy of copies) computeSignature(copy);
  let started = performance.now();
  for (const copy of copies) computeSignature(copy);
  print(`${((1000 * (performance.now() - started)) / copies.length).toFixed(1)} µs for the signature of 4 kB`);

  const many = Array.from({ length: 10_000 }, (_, id) => ({
    ...(signed[id % signed.length] ?? { header: unset, text: unset }),
    id,
  }));
  const blocks = Array.from({ length: 40 }, (_, i) => encodeBlock(many.slice(i * 250, i * 250 + 250)));
  const needle = hashNeedles('invoice') ?? new Uint32Array(0);
  for (let i = 0; i < 20; i++) for (const block of blocks) findCandidates(block, needle, 'text');
  started = performance.now();
  for (let i = 0; i < 20; i++) for (const block of blocks) findCandidates(block, needle, 'text');
  print(`${((performance.now() - started) / 20).toFixed(2)} ms to find candidates among 10,000 messages`);
}

function readMails(folder: string): readonly Mail[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => {
    const raw = readFileSync(join(entry.parentPath, entry.name)).subarray(0, 1 << 20);
    const text = foldForSearch(raw.toString('latin1'));
    const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
    return { header: text.slice(0, end), text };
  });
}
