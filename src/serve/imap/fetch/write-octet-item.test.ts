import { describe, expect, test } from 'vitest';
import type { Sink } from '../../../base/conversation.ts';
import { parsePartMap, printPartMap } from '../../../mime/part-map.ts';
import { scanMessage } from '../../../mime/scan-message.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import { Reply } from '../respond.ts';
import { ChunkedOutput } from './chunked-output.ts';
import { BrokenLiteral, writeOctetItem } from './write-octet-item.ts';
import type { OctetItem } from './fetch-plan.ts';

/** A client that reads only when told to. */
class SlowClient {
  pendingBytes = 0;
  closed = false;
  written = 0;
  private waiting: (() => void) | undefined;

  readonly sink = (() => {
    // eslint-disable-next-line typescript/no-this-alias -- the sink's getters need it
    const self = this;
    const parts: Partial<Sink<never>> = {
      write(data) {
        self.pendingBytes += data.length;
        self.written += data.length;
      },
      drained: () => new Promise<void>((resolve) => (self.waiting = resolve)),
      get pendingBytes() {
        return self.pendingBytes;
      },
      get closed() {
        return self.closed;
      },
    };
    // The rest of a sink is for conversations; a reply only writes.
    return parts as Sink<never>;
  })();

  read(): void {
    this.pendingBytes = 0;
    this.waiting?.();
  }
}

const size = 5_000_000;

function readerOf(read: MessageReader['read']): MessageReader {
  const head = Buffer.from('A: b\r\n\r\n');
  return { prefix: new Uint8Array(0), originalBytes: size, partMap: printPartMap(scanMessage(head)), read, close() {} };
}

const whole: OctetItem = { kind: 'section', section: { path: [] }, peek: true, partial: undefined, name: 'BODY[]' };
const rootOf = (reader: MessageReader) => {
  const root = parsePartMap(reader.partMap);
  if (!root.ok) throw new Error('part map');
  return root.value;
};
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a large section', () => {
  test('waits for a client that does not read: little is read ahead', async () => {
    const client = new SlowClient();
    let read = 0;
    const reader = readerOf((start, end) => {
      read += end - start;
      return Promise.resolve(Buffer.alloc(end - start, 120));
    });
    const writing = writeOctetItem(
      new ChunkedOutput(new Reply(client.sink)),
      reader,
      rootOf(reader),
      whole,
      '* 1 FETCH (',
    );
    await turns(50);
    expect(client.written).toBeLessThan(600_000);
    expect(read).toBeLessThan(600_000);
    let done = false;
    void writing.then(() => (done = true));
    while (!done) {
      client.read();
      await turns(1);
      expect(client.pendingBytes).toBeLessThan(600_000);
    }
    expect(client.written).toBe(`* 1 FETCH (BODY[] {${size}}\r\n`.length + size);
  });

  test('ends when the client is gone', async () => {
    const client = new SlowClient();
    const reader = readerOf((start, end) => {
      client.closed = start > 1_000_000;
      client.pendingBytes = 0;
      return Promise.resolve(Buffer.alloc(end - start, 120));
    });
    await writeOctetItem(new ChunkedOutput(new Reply(client.sink)), reader, rootOf(reader), whole, '* 1 FETCH (');
    expect(client.written).toBeLessThan(1_500_000);
  });

  for (const [name, read] of [
    ['that cannot be read', () => Promise.reject(new Error('disk'))],
    ['that is shorter than it was', () => Promise.resolve(Buffer.alloc(10))],
  ] as const) {
    test(`${name} breaks the answer off`, async () => {
      const reader = readerOf(read);
      const client = new SlowClient();
      await expect(
        writeOctetItem(new ChunkedOutput(new Reply(client.sink)), reader, rootOf(reader), whole, '* 1 FETCH ('),
      ).rejects.toThrow(BrokenLiteral);
    });
  }
});
