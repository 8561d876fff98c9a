import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { query } from '../sql/statement.ts';
import { notify } from './notify.ts';
import { Bench, server, waitUntil } from '../../../test/store/postgres-bench.ts';
import type { Notice } from './postgres-listener.ts';

describe.skipIf(server === undefined)('notifications', () => {
  const bench = new Bench();
  beforeAll(() => bench.start());
  afterEach(() => bench.closeAll());

  test('reach all who listen, also in other processes, in the order of commits, and only then', async () => {
    const [one, two] = await Promise.all([bench.open(), bench.open()]);
    const [heard, heardToo]: [Notice[], Notice[]] = [[], []];
    await one.listen('mail', (notice) => heard.push(notice));
    await two.listen('mail', (notice) => heardToo.push(notice));
    const undone = one.write(function* () {
      yield* notify('mail', 'undone');
      yield* query('SELECT 1');
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    for (const payload of ['a', 'b', '\u00e4'.repeat(3000)]) await one.write(() => notify('mail', payload));
    await waitUntil(() => heard.length >= 3 && heardToo.length >= 3);
    const expected = ['a', 'b', '\u00e4'.repeat(3000)].map((payload) => ({ kind: 'payload', payload }));
    expect(heard).toEqual(expected);
    expect(heardToo).toEqual(expected);
  });

  test('channels are kept apart, and names may be any text', async () => {
    const driver = await bench.open();
    const heard: string[] = [];
    await driver.listen('a"b c', (notice) => heard.push(`1 ${notice.kind}`));
    await driver.listen('other', (notice) => heard.push(`2 ${notice.kind}`));
    await driver.write(() => notify('a"b c', ''));
    await driver.write(() => notify('other', ''));
    await waitUntil(() => heard.length >= 2);
    expect(heard).toEqual(['1 payload', '2 payload']);
  });

  test('who stops listening hears nothing more; others on the channel go on', async () => {
    const driver = await bench.open();
    const [heard, heardToo]: [string[], string[]] = [[], []];
    const stop = await driver.listen('mail', () => heard.push('x'));
    const stopToo = await driver.listen('mail', () => heardToo.push('x'));
    await stop();
    await driver.write(() => notify('mail', '1'));
    await waitUntil(() => heardToo.length > 0);
    expect(heard).toEqual([]);
    await stopToo();
    await stopToo();
  });

  test('a listener that throws does not hurt the others', async () => {
    const driver = await bench.open();
    let heard = 0;
    await driver.listen('mail', () => {
      throw new Error('no');
    });
    await driver.listen('mail', () => heard++);
    await driver.write(() => notify('mail', ''));
    await waitUntil(() => heard > 0);
  });

  test('a connection that broke is made again, and whoever listens is told of the gap', async () => {
    const driver = await bench.open();
    const heard: Notice[] = [];
    await driver.listen('mail', (notice) => heard.push(notice));
    for (const round of [1, 2]) {
      await bench.killAll();
      await waitUntil(() => heard.length >= round * 2 - 1);
      await driver.write(() => notify('mail', String(round)));
      await waitUntil(() => heard.length >= round * 2);
    }
    expect(heard).toEqual([
      { kind: 'gap' },
      { kind: 'payload', payload: '1' },
      { kind: 'gap' },
      { kind: 'payload', payload: '2' },
    ]);
  });

  test('too long a payload is refused before it is sent', async () => {
    const driver = await bench.open();
    await expect(driver.write(() => notify('mail', 'x'.repeat(8000)))).rejects.toThrow('too long');
  });
});
