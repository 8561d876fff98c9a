import { describe, expect, test } from 'vitest';
import type { EmailRow } from '../../../store/email-row.ts';
import type { EmailId, ThreadId, Uid } from '../../../store/ids.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import { OpenAhead } from './open-ahead.ts';

function rowOf(uid: number, sizeBytes: number): EmailRow {
  return {
    ...{ uid: uid as Uid, emailId: uid as EmailId, threadId: 1 as ThreadId, sizeBytes },
    ...{ receivedAtMs: 0, savedAtMs: 0, sentAtMs: null, envelope: '', bodyStructure: '', partMap: '', preview: '' },
    ...{ threading: new Uint8Array(), usualFields: '' },
  };
}

/** A store that notes what is open. */
class Opener {
  readonly asked: number[][] = [];
  readonly openNow = new Set<number>();

  open = (rows: readonly EmailRow[]): Promise<readonly (MessageReader | undefined)[]> => {
    this.asked.push(rows.map(({ uid }) => uid));
    return Promise.resolve(
      rows.map(({ uid }) => {
        if (uid % 7 === 0) return undefined;
        this.openNow.add(uid);
        return {
          ...{ prefix: new Uint8Array(), originalBytes: uid, partMap: '' },
          read: () => Promise.resolve(new Uint8Array()),
          close: () => void this.openNow.delete(uid),
        };
      }),
    );
  };
}

describe('messages opened ahead', () => {
  test('come in the order of their rows, each once, also those that are gone', async () => {
    const opener = new Opener();
    const rows = Array.from({ length: 200 }, (_each, i) => rowOf(i + 1, 4096));
    const opened = new OpenAhead(rows, opener.open);
    for (const { uid } of rows) {
      const reader = await opened.next();
      expect(reader?.originalBytes).toBe(uid % 7 === 0 ? undefined : uid);
      reader?.close();
    }
    expect(opener.asked.flat()).toEqual(rows.map(({ uid }) => uid));
    expect(opener.openNow.size).toBe(0);
  });

  test('the next ones are asked for while these are sent, and no more than those', async () => {
    const opener = new Opener();
    const rows = Array.from({ length: 200 }, (_each, i) => rowOf(i + 1, 4096));
    const opened = new OpenAhead(rows, opener.open);
    await opened.next();
    expect(opener.asked.map((each) => each.length)).toEqual([64, 64]);
  });

  test('large ones are opened one by one', async () => {
    const opener = new Opener();
    const opened = new OpenAhead([rowOf(1, 1_000_000), rowOf(2, 1_000_000), rowOf(3, 1_000_000)], opener.open);
    await opened.next();
    expect(opener.asked).toEqual([[1], [2]]);
  });

  test('whoever stops early leaves nothing open', async () => {
    const opener = new Opener();
    const opened = new OpenAhead(
      Array.from({ length: 200 }, (_each, i) => rowOf(i + 1, 4096)),
      opener.open,
    );
    (await opened.next())?.close();
    opened.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(opener.openNow.size).toBe(0);
  });

  test('a store that fails ahead is heard of by the one who needs it', async () => {
    const opener = new Opener();
    let calls = 0;
    const opened = new OpenAhead([rowOf(1, 1_000_000), rowOf(2, 1_000_000)], (rows) =>
      calls++ === 0 ? opener.open(rows) : Promise.reject(new Error('storage is away')),
    );
    await opened.next();
    await expect(opened.next()).rejects.toThrow('storage is away');
  });
});
