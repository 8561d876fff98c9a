import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, createDeflateRaw, createInflateRaw, deflateRawSync, type InflateRaw } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Conversation, Input, Sink } from '../base/conversation.ts';
import { silentLog } from '../base/log.ts';
import { InputInflater } from './input-inflater.ts';
import { listen, type Listener } from './listen.ts';
import { OutputDeflater } from './output-deflater.ts';

const open: Listener[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(open.splice(0).map((listener) => listener.close({ graceMs: 100 })));
});

/** Says what it hears. `compress` and `plain` switch after their answer, `count N` takes octets, `wait` waits for `go on`. */
class Talk implements Conversation {
  octets = 0;
  tooLong = 0;
  ended = false;
  readonly lines: string[] = [];
  goOn: () => void = () => {};
  readonly sink: Sink;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  greet(): void {
    this.sink.write('hello\r\n');
  }

  accept(input: Input): void | Promise<void> {
    const { sink } = this;
    if (input.kind === 'octets') {
      this.octets += input.octets.length;
      return input.last ? sink.write(`took ${this.octets}\r\n`) : undefined;
    }
    if (input.kind === 'line-too-long') this.tooLong++;
    if (input.kind === 'timeout') {
      sink.write(`timeout ${input.why}\r\n`);
      sink.close();
    }
    return input.kind === 'line' ? this.line(Buffer.from(input.line).toString('latin1')) : undefined;
  }

  private line(text: string): void | Promise<void> {
    const { sink } = this;
    this.lines.push(text);
    sink.write(`${text}!\r\n`);
    const [verb, argument] = text.split(' ');
    if (verb === 'compress') sink.startCompression();
    if (verb === 'plain') sink.stopCompression();
    if (verb === 'count') sink.expectOctets(Number(argument), true);
    if (verb === 'say') sink.write(`${'spam, eggs and spam, '.repeat(Number(argument))}\r\n`);
    if (verb === 'idle') sink.idleLimit(Number(argument));
    if (verb === 'quit') sink.close();
    if (verb === 'wait') return new Promise((resolve) => (this.goOn = resolve));
    return undefined;
  }

  end(): void {
    this.ended = true;
  }
}

/** A client with a compressor and an inflater of zlib's own kind, not of ours. */
class Client {
  readonly socket: Socket;
  readonly talk: Talk;
  text = '';
  closed = false;
  octetsIn = 0;
  streamEnded = false;
  private inflate: InflateRaw | undefined = undefined;
  private history: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, talk: Talk) {
    this.socket = socket;
    this.talk = talk;
    sockets.push(socket);
    socket.on('data', (chunk: Buffer) => {
      this.octetsIn += chunk.length;
      if (this.inflate === undefined) this.text += chunk.toString('latin1');
      else this.inflate.write(chunk);
    });
    socket.on('error', () => {});
    socket.on('close', () => (this.closed = true));
  }

  async until(text: string): Promise<void> {
    await expect.poll(() => this.text, { timeout: 10_000, interval: 5 }).toContain(text);
  }

  /** Compresses and lets all of it through. */
  squeeze(text: string, finishFlush: number = constants.Z_SYNC_FLUSH): Buffer {
    const dictionary = this.history.length > 0 ? { dictionary: this.history } : {};
    const octets = deflateRawSync(Buffer.from(text, 'latin1'), { finishFlush, ...dictionary });
    this.history = Buffer.concat([this.history, Buffer.from(text, 'latin1')]).subarray(-32_768);
    return octets;
  }

  send(text: string): void {
    this.socket.write(this.squeeze(text));
  }

  async beginCompression(): Promise<void> {
    this.socket.write('compress\r\n');
    await this.until('compress!\r\n');
    this.text = '';
    this.inflate = createInflateRaw();
    this.inflate.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    this.inflate.on('end', () => (this.streamEnded = true));
    this.inflate.on('error', () => {});
  }

  /** From here on what comes is plain again. */
  endCompression(): void {
    this.inflate = undefined;
  }
}

async function start(timings: object = {}): Promise<Client> {
  let talk: Talk | undefined;
  const listener = await listen({
    ...{ name: 'test', host: '127.0.0.1', port: 0, log: silentLog, timings: { tickMs: 10, ...timings } },
    refusals: { tooMany: '', blocked: '', closing: '' },
    converse: (_peer, sink) => (talk = new Talk(sink)),
  });
  open.push(listener);
  const socket = connect(listener.port, '127.0.0.1');
  await once(socket, 'connect');
  await expect.poll(() => talk).toBeDefined();
  if (talk === undefined) throw new Error('no conversation');
  return new Client(socket, talk);
}

describe('a connection that compresses', () => {
  test('every batch of answers can be read at once, and repetition costs next to nothing', async () => {
    const c = await start();
    await c.beginCompression();
    for (let i = 0; i < 20; i++) {
      c.send(`line number ${i}\r\n`);
      await c.until(`line number ${i}!\r\n`);
    }
    const before = c.octetsIn;
    c.send('say 100000\r\n');
    await c.until('and spam, \r\n');
    expect(c.text.length).toBeGreaterThan(2_000_000);
    expect(c.octetsIn - before).toBeLessThan(50_000);
  });

  test('input may come in any pieces, many commands at once, and octets by count', async () => {
    const c = await start();
    await c.beginCompression();
    const body = Array.from({ length: 20_000 }, (_each, i) => String.fromCharCode(33 + ((i * 7919) % 90))).join('');
    const octets = c.squeeze(`a\r\nb\r\ncount ${body.length}\r\n${body}c\r\n`);
    for (let at = 0; at < octets.length; at += 97) {
      c.socket.write(octets.subarray(at, at + 97));
      if (at % 9700 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await c.until('c!\r\n');
    expect(c.text).toBe(`a!\r\nb!\r\ncount ${body.length}!\r\ntook ${body.length}\r\nc!\r\n`);
  });

  test('what came behind the switch already is compressed', async () => {
    const c = await start();
    c.socket.write(Buffer.concat([Buffer.from('compress\r\n'), c.squeeze('early\r\n')]));
    await expect.poll(() => c.talk.lines).toEqual(['compress', 'early']);
  });

  test('nonsense costs the connection, and only it', async () => {
    const c = await start();
    await c.beginCompression();
    c.socket.write('NOOP in plain text\r\n');
    await expect.poll(() => c.closed && c.talk.ended).toBe(true);
    expect(c.talk.lines).toEqual(['compress']);
  });

  test('goodbye ends the stream properly', async () => {
    const c = await start();
    await c.beginCompression();
    c.send('quit\r\nnever\r\n');
    await expect.poll(() => c.closed && c.talk.ended).toBe(true);
    await expect.poll(() => c.streamEnded || c.text).toBe('quit!\r\n');
    // Whatever follows the end of the stream makes zlib say so.
    expect(c.talk.lines).toEqual(['compress', 'quit']);
  });

  test('a client that closes its half, or ends its stream, is answered first', async () => {
    const half = await start();
    await half.beginCompression();
    half.socket.end(half.squeeze('a\r\nb\r\n'));
    await expect.poll(() => half.closed && half.talk.ended).toBe(true);
    expect(half.text).toBe('a!\r\nb!\r\n');

    const ended = await start();
    await ended.beginCompression();
    ended.socket.write(Buffer.concat([ended.squeeze('a\r\n', constants.Z_FINISH), Buffer.from('more\r\n')]));
    await expect.poll(() => ended.closed && ended.talk.ended).toBe(true);
    expect(ended.text).toBe('a!\r\n');
  });

  test('silence and slow data are told as ever', async () => {
    const silent = await start();
    await silent.beginCompression();
    silent.send('idle 60\r\n');
    await silent.until('timeout idle\r\n');

    const slow = await start({ rateGraceMs: 50, minBytesPerSecond: 10_000 });
    await slow.beginCompression();
    slow.send('count 100000\r\nx');
    await slow.until('timeout too-slow\r\n');
  });
});

describe('compression stops', () => {
  const ways: Record<string, (c: Client) => void> = {
    'at the end of the stream, in one packet with what follows': (c) =>
      void c.socket.write(Buffer.concat([c.squeeze('plain\r\n', constants.Z_FINISH), Buffer.from('after\r\n')])),
    'at the end of the stream, which comes later': (c) => {
      c.send('plain\r\n');
      void c
        .until('plain!')
        .then(() => c.socket.write(Buffer.concat([c.squeeze('', constants.Z_FINISH), Buffer.from('after\r\n')])));
    },
    'without an end of the stream': (c) => {
      c.send('plain\r\n');
      void c.until('plain!').then(() => c.socket.write('after\r\n'));
    },
    'with what was still compressed': (c) => {
      const octets = c.squeeze('plain\r\nstill\r\n', constants.Z_FINISH);
      c.socket.write(Buffer.concat([octets, Buffer.from('after\r\n')]));
    },
  };
  for (const [how, send] of Object.entries(ways)) {
    test(how, async () => {
      const c = await start();
      await c.beginCompression();
      send(c);
      await c.until('plain!\r\n');
      // The server's own stream has ended with its answer, so what it says next is plain.
      await expect.poll(() => c.talk.lines.at(-1)).toBe('after');
      c.endCompression();
      c.socket.write('more\r\n');
      await c.until('more!\r\n');
      // And again.
      c.text = '';
      await c.beginCompression();
      const again = deflateRawSync(Buffer.from('squeezed\r\n'), { finishFlush: constants.Z_SYNC_FLUSH });
      c.socket.write(again);
      await c.until('squeezed!\r\n');
    });
  }
});

describe('bombs', () => {
  const zeros = (megabytes: number) => Buffer.from('\0'.repeat(megabytes * 1_000_000), 'latin1').toString('latin1');

  test('inflate no further than the conversation takes', async () => {
    const c = await start();
    await c.beginCompression();
    c.send(`count 20000000\r\n${zeros(20)}after\r\n`);
    await c.until('after!\r\n');
    expect(c.talk.octets).toBe(20_000_000);
  });

  test('a line without end is told once and kept nowhere', async () => {
    const c = await start();
    await c.beginCompression();
    c.send(`${'x'.repeat(20_000_000)}\r\nafter\r\n`);
    await c.until('after!\r\n');
    expect(c.talk.tooLong).toBe(1);
  });

  test('nothing is inflated while the conversation is busy, beyond a bound', async () => {
    const handed: number[] = [];
    let resumed = false;
    let idle = 0;
    const inflater = new InputInflater({
      inflated(octets) {
        handed.push(octets.length);
        if (!resumed) inflater.pause();
      },
      inflaterIdle: () => void idle++,
      inflaterFailed(error) {
        throw error;
      },
      plainAgain: () => {},
    });
    const bomb = deflateRawSync(Buffer.alloc(40_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
    inflater.push(bomb);
    expect(bomb.length).toBeGreaterThan(32_768);
    inflater.push(bomb);
    expect(inflater.full).toBe(true);
    await expect.poll(() => inflater.aheadBytes).toBeGreaterThan(0);
    // Long enough for zlib to be done with all of it, if it were not held.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(handed).toHaveLength(1);
    expect(inflater.aheadBytes).toBeLessThanOrEqual(96 * 1024);
    resumed = true;
    inflater.resume();
    await expect.poll(() => idle, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(handed.reduce((sum, octets) => sum + octets, 0)).toBe(80_000_000);
    expect(Math.max(...handed)).toBeLessThanOrEqual(16_384);
    inflater.destroy();
  });
});

test('the deflater makes one stream of its batches, whatever their sizes', async () => {
  const deflater = new OutputDeflater();
  const inflate = createInflateRaw();
  const out: Buffer[] = [];
  inflate.on('data', (chunk: Buffer) => out.push(chunk));
  const batches = [0, 1, 100, 255, 256, 8191, 8192, 8193, 3, 70_000, 5000, 5000, 1].map((size, i) =>
    Buffer.from(Array.from({ length: size }, (_each, at) => 32 + (((at + i) * 31 + ((at * at) % 17)) % 90))),
  );
  for (const batch of batches) inflate.write(deflater.deflate(batch));
  inflate.end(deflater.finish(Buffer.from('the end')));
  await once(inflate, 'end');
  expect(Buffer.concat(out).equals(Buffer.concat([...batches, Buffer.from('the end')]))).toBe(true);
});

test('the inflater gives back what was deflated, in whatever batches, flushes and pieces it comes', async () => {
  const batch = fc.record({
    // A few words again and again, so that batches refer far back; sometimes what does not compress.
    words: fc.array(
      fc.constantFrom('a1 NOOP\r\n', 'UID FETCH 1:* FLAGS ', '\0\0\xff\xff', 'x'.repeat(3000), 'q7Z!kd'),
      { maxLength: 20 },
    ),
    flush: fc.constantFrom(constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH, constants.Z_PARTIAL_FLUSH),
    level: fc.constantFrom(0, 1, 9),
    pieces: fc.integer({ min: 1, max: 5 }),
    pauses: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 15 }), async (batches) => {
      const out: Buffer[] = [];
      const inflater = new InputInflater({
        inflated: (octets) => void out.push(Buffer.from(octets)),
        inflaterIdle: () => {},
        inflaterFailed(error) {
          throw error;
        },
        plainAgain: () => {},
      });
      const deflate = createDeflateRaw();
      const made: Buffer[] = [];
      deflate.on('data', (chunk: Buffer) => made.push(chunk));
      let sent = '';
      for (const { words, flush, level, pieces, pauses } of batches) {
        const text = words.join('');
        sent += text;
        await new Promise<void>((resolve) => deflate.params(level, constants.Z_DEFAULT_STRATEGY, () => resolve()));
        deflate.write(Buffer.from(text, 'latin1'));
        await new Promise<void>((resolve) => deflate.flush(flush, resolve));
        const octets = Buffer.concat(made.splice(0));
        if (pauses) inflater.pause();
        const size = Math.max(1, Math.ceil(octets.length / pieces));
        for (let at = 0; at < octets.length; at += size) inflater.push(octets.subarray(at, at + size));
        if (pauses) inflater.resume();
      }
      deflate.flush(constants.Z_SYNC_FLUSH);
      await new Promise((resolve) => deflate.end(resolve));
      inflater.push(Buffer.concat(made));
      await expect.poll(() => Buffer.concat(out).toString('latin1'), { interval: 1 }).toBe(sent);
      inflater.destroy();
    }),
    { numRuns: 150 },
  );
});

test('octets that only look like the end of a flush are none', async () => {
  const out: Buffer[] = [];
  const failed: Error[] = [];
  const inflater = new InputInflater({
    inflated: (octets) => void out.push(Buffer.from(octets)),
    inflaterIdle: () => {},
    inflaterFailed: (error) => void failed.push(error),
    plainAgain: () => {},
  });
  const text = Buffer.from('\0\0\xff\xff'.repeat(300), 'latin1');
  const stored = deflateRawSync(text, { level: 0, finishFlush: constants.Z_SYNC_FLUSH });
  for (let at = 0; at < stored.length; at += 9) inflater.push(stored.subarray(at, at + 9));
  await expect.poll(() => Buffer.concat(out).length).toBe(text.length);
  // What follows is understood.
  inflater.push(deflateRawSync(Buffer.from('small'), { finishFlush: constants.Z_SYNC_FLUSH, dictionary: text }));
  await expect.poll(() => Buffer.concat(out).subarray(text.length).toString()).toBe('small');
  expect(Buffer.concat(out).subarray(0, text.length).equals(text)).toBe(true);
  expect(failed).toEqual([]);
  inflater.destroy();
});
