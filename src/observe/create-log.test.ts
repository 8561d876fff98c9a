import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createLog } from './create-log.ts';

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) };

function lines(format: 'json' | 'text', level: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const written: string[] = [];
  return { written, log: createLog({ level, format, clock, write: (line) => written.push(line) }) };
}

describe('createLog', () => {
  test('JSON lines, with fields of the session', () => {
    const { written, log } = lines('json');
    log.with({ session: 's1' }).info('login', { account: 'alice', mechanism: undefined, to: ['a', 'b'], n: 1 });
    expect(written).toEqual([
      '{"time":"2026-01-02T03:04:05.678Z","level":"info","message":"login","session":"s1","account":"alice","to":["a","b"],"n":1}\n',
    ]);
  });

  test('text', () => {
    const { written, log } = lines('text');
    log.warn('slow', { ms: 12, who: 'a b', to: ['x', 'y z'] });
    expect(written).toEqual(['03:04:05.678 warn: slow ms=12 who="a b" to=[x,"y z"]\n']);
  });

  test.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('level %s lets %i through, and can be changed', (level, count) => {
    const { written, log } = lines('json', level);
    const all = () => {
      log.debug('');
      log.info('');
      log.warn('');
      log.error('');
    };
    all();
    expect(written).toHaveLength(count);
    log.adjust({ level: 'debug', format: 'text' });
    all();
    expect(written).toHaveLength(count + 4);
    expect(written.at(-1)).toMatch(/^03:04/);
  });

  test.each(['json', 'text'] as const)('nothing from outside makes a line of its own (%s)', (format) => {
    const { written, log } = lines(format);
    log.info('a\r\nb\u{1b}[2J\u{85}\u{2028}', { x: 'c\nd\u{9b}' });
    expect(written).toHaveLength(1);
    expect(written[0]?.slice(0, -1)).not.toMatch(/[\n\r\u{1b}]/u);
    if (format === 'text') expect(written[0]).toBe('03:04:05.678 a\\r\\nb\\u001b[2J\\u0085\\u2028 x="c\\nd\\u009b"\n');
  });

  test('fields named like secrets are not printed', () => {
    const { written, log } = lines('json');
    log.with({ password: 'hunter2' }).info('x', { Token: 'hunter2', newPassword: 'hunter2', clientSecret: 'hunter2' });
    expect(written.join('')).not.toContain('hunter2');
  });

  test('fields cannot pose as the message', () => {
    const { written, log } = lines('json');
    log.info('real', { message: 'false', level: 'error' });
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ message: 'real', level: 'info', message_: 'false' });
  });

  test.each(['json', 'text'] as const)('errors with stack and causes, also endless ones (%s)', (format) => {
    const { written, log } = lines(format);
    const endless: Error = new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ENOSPC' }) });
    (endless.cause as Error).cause = endless;
    log.error('failed', { session: 's1' }, endless);
    log.error('odd', {}, 'a string');
    expect(written[0]).toContain('inner');
    expect(written[0]).toContain('create-log.test.ts');
    expect(written[1]).toContain('a string');
    if (format === 'json')
      expect(JSON.parse(written[0] ?? '')).toMatchObject({
        error: [{ message: 'outer' }, { message: 'inner', code: 'ENOSPC' }, ...Array.from({ length: 6 }, () => ({}))],
      });
  });
});

test('lines written just before the process ends arrive, all of them and in order', () => {
  const script = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'create-log.ts'))};
    const log = createLog({ level: 'info', format: 'json' });
    for (let n = 0; n < 5000; n++) log.info('line', { n });
    process.exit(1);`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  expect(status).toBe(1);
  const numbers = stderr
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { n: number }).n);
  expect(numbers).toEqual(Array.from({ length: 5000 }, (_, n) => n));
});
