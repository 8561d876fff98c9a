import { expect, test } from 'vitest';
import { openStage } from './imap-stage.ts';

/** The store dates what it saves by its own clock, so this is no transcript. RFC 8514 section 4.2. */
test('SAVEDATE of a message is when it came into this mailbox, not its INTERNALDATE', async () => {
  const stage = await openStage();
  try {
    const client = await (await stage.newActor()).enter();
    const before = Math.floor(Date.now() / 1000) * 1000;
    await client.send('a APPEND INBOX "01-Feb-2003 10:00:00 +0000" {16+}\r\nSubject: three\r\n\r\n');
    await client.send('b SELECT INBOX\r\n');
    const said = await client.send('c FETCH 1 SAVEDATE\r\n');
    const date = /^\* 1 FETCH \(SAVEDATE "([^"]+)"\)\r\nc OK/.exec(said)?.[1];
    expect(date, said).toBeDefined();
    const ms = Date.parse((date ?? '').replaceAll('-', ' '));
    expect(ms).toBeGreaterThanOrEqual(before);
    expect(ms).toBeLessThanOrEqual(Date.now());
    client.end();
  } finally {
    await stage.close();
  }
});
