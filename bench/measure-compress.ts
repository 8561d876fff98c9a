/**
 * Run by hand, not a test: what COMPRESS=DEFLATE costs in CPU and what it saves in octets.
 *
 *     node bench/measure-compress.ts
 *
 * Answers of the real server to usual commands on 2,000 messages of the corpus, 4 kB each, compressed in the batches in which
 * they are sent; then what commands cost to inflate, and what a connection that waits holds.
 */
import { openStage } from '../test/transcripts/imap-stage.ts';
import { InputInflater } from '../src/net/input-inflater.ts';
import { OutputDeflater } from '../src/net/output-deflater.ts';
import { composeMessage } from './corpus.ts';
import { constants, deflateRawSync } from 'node:zlib';

const messages = 2000;
const batchBytes = 65_536;

const rssBefore = process.memoryUsage.rss();
const idle = Array.from({ length: 2000 }, () => {
  const deflater = new OutputDeflater();
  deflater.deflate(Buffer.alloc(10_000, 'abcdefgh'));
  const ignore = () => {};
  const inflater = new InputInflater({
    inflated: ignore,
    inflaterIdle: ignore,
    inflaterFailed: ignore,
    plainAgain: ignore,
  });
  inflater.push(deflateRawSync(Buffer.from('a1 NOOP\r\n'), { finishFlush: constants.Z_SYNC_FLUSH }));
  return { deflater, inflater };
});
await new Promise((resolve) => setTimeout(resolve, 1000));
process.stdout.write(
  `a connection that waits: ${((process.memoryUsage.rss() - rssBefore) / idle.length / 1000).toFixed(0)} kB\n`,
);

const stage = await openStage();
const actor = await stage.newActor();
for (let i = 0; i < messages; i++) {
  await actor.deliver('INBOX', composeMessage(i, 4096).toString('latin1').replaceAll('\r\n', '\n'));
}
const client = await actor.enter();
await client.send('s SELECT INBOX\r\n');

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function report(what: string, answer: Buffer): void {
  let out = 0;
  const ms = cpuMs(() => {
    const deflater = new OutputDeflater();
    for (let at = 0; at < answer.length; at += batchBytes) {
      out += deflater.deflate(answer.subarray(at, at + batchBytes)).length;
    }
  });
  const saved = (answer.length - out) / 1e6;
  process.stdout.write(
    `${what}: ${(answer.length / 1e6).toFixed(2)} MB becomes ${((100 * out) / answer.length).toFixed(0)} %, ` +
      `${((ms * 1e6) / answer.length).toFixed(1)} ms of CPU for each MB, ${(ms / saved).toFixed(1)} ms for each MB saved\n`,
  );
}

for (const command of [
  'UID FETCH 1:* (UID FLAGS)',
  'FETCH 1:* (ENVELOPE BODYSTRUCTURE)',
  'FETCH 1:* BODY.PEEK[HEADER]',
  'FETCH 1:* BODY.PEEK[]',
]) {
  const answer = Buffer.from(await client.send(`a ${command}\r\n`), 'latin1');
  report(command, answer);
  report(command, answer);
}

const small = new OutputDeflater();
const line = Buffer.from('* 4711 FETCH (FLAGS (\\Seen))\r\na1 OK STORE completed\r\n');
small.deflate(line);
const smallMs = cpuMs(() => {
  for (let i = 0; i < 20_000; i++) small.deflate(line);
});
process.stdout.write(`an answer of ${line.length} octets: ${((smallMs * 1000) / 20_000).toFixed(0)} µs of CPU\n`);

const input = await new Promise<number>((resolve) => {
  const before = process.cpuUsage();
  let left = 20_000;
  const command = deflateRawSync(Buffer.from('a1 UID STORE 4711 +FLAGS.SILENT (\\Seen)\r\n'), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const inflater = new InputInflater({
    inflated() {
      if (--left > 0) setImmediate(() => inflater.push(command));
      const { user, system } = process.cpuUsage(before);
      if (left === 0) resolve((user + system) / 20_000);
    },
    inflaterIdle() {},
    inflaterFailed(error) {
      throw error;
    },
    plainAgain() {},
  });
  inflater.push(command);
});
process.stdout.write(`a command of 41 octets: ${input.toFixed(0)} µs of CPU\n`);

await stage.close();
process.exit(0);
