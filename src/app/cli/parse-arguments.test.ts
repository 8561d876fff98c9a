import { describe, expect, test } from 'vitest';

import { UsageError } from './command.ts';
import type { CommandIo, CommandSpec } from './command.ts';
import { commands } from './commands.ts';
import { findCommand, parseArguments } from './parse-arguments.ts';
import { printHelp } from './print-help.ts';

const silent: CommandIo = { out() {}, err() {}, readInput: () => Promise.resolve(Buffer.alloc(0)) };

function parse(line: string): ReturnType<typeof parseArguments> {
  const found = findCommand(commands, line.split(' '));
  if (!found) throw new Error(`no command: ${line}`);
  return parseArguments(found.command, found.rest, silent);
}

describe('parseArguments', () => {
  test('arguments, flags, values and their opposites', () => {
    const input = parse(
      'config alias add team@x.test a@x.test b@x.test --post-public --no-list-members --config f.yaml',
    );
    if (input === 'help') throw new Error('help');
    expect(input.args).toEqual(['team@x.test', 'a@x.test', 'b@x.test']);
    expect([input.flag('post-public'), input.flag('list-members'), input.flag('allow-msg-from')]).toEqual([
      true,
      false,
      undefined,
    ]);
    expect(input.text('config')).toBe('f.yaml');
  });

  test.each([
    ['config domain add', /DOMAIN is missing/],
    ['config domain add a.test b.test', /"b.test" is too much/],
    ['config alias add team@x.test', /MEMBER is missing/],
    ['config domain add a.test --colour', /'--colour'/],
    ['config domain add a.test --config', /config/],
    ['config domain add a.test --no-reports-only', /no option --no-reports-only/],
    ['config domain add a.test --json', /json/],
    ['config tlspubkey list a b', /"b" is too much/],
  ])('%s', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });

  test('--help works with anything missing', () => expect(parse('config domain add --help')).toBe('help'));
});

describe('the table of commands', () => {
  test('the names of the contract are there, and no name hides another', () => {
    const names = commands.map(({ path }) => path.join(' '));
    expect(new Set(names).size).toBe(names.length);
    const wanted = [
      'serve',
      'localserve',
      'quickstart',
      'verify',
      'repair',
      'version',
      'config check',
      'config describe',
      'config export',
      'config apply',
      'config domain set',
      'config account passwd',
      'config address rm',
      'config alias rm-member',
      'config tlspubkey show',
    ];
    expect(names).toEqual(expect.arrayContaining(wanted));
    for (const name of names) expect(findCommand(commands, name.split(' '))?.command.path.join(' ')).toBe(name);
  });

  test.each(commands.map((command): [string, CommandSpec] => [command.path.join(' '), command]))(
    '%s has help',
    (_name, command) => {
      const help = printHelp(command);
      expect(help).toContain(command.summary);
      for (const option of command.options ?? []) expect(help).toContain(option.name);
    },
  );
});
