import { parseArgs } from 'node:util';

import { optionsOf, UsageError } from './command.ts';
import type { CommandInput, CommandIo, CommandSpec } from './command.ts';
import { printHelp, usageOf } from './print-help.ts';

/** The command that the words name, and the words after its name. Undefined: there is none. */
export function findCommand(
  commands: readonly CommandSpec[],
  words: readonly string[],
): { readonly command: CommandSpec; readonly rest: readonly string[] } | undefined {
  const command = commands
    .filter(({ path }) => path.every((word, n) => words[n] === word))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return command && { command, rest: words.slice(command.path.length) };
}

/** What `words` give to the command; `help` when they ask for it. @throws UsageError */
export function parseArguments(command: CommandSpec, words: readonly string[], io: CommandIo): CommandInput | 'help' {
  const { values, positionals } = parseWords(command, words);
  if (values.help === true) {
    io.out(printHelp(command));
    return 'help';
  }
  checkCount(command, positionals);
  return {
    io,
    args: positionals,
    flag: (name) => (typeof values[name] === 'boolean' ? values[name] : undefined),
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    print: (facts, forPeople) => {
      const text = values.json === true ? JSON.stringify(facts, null, 2) : forPeople();
      if (text !== '') io.out(`${text}\n`);
    },
  };
}

function parseWords(command: CommandSpec, words: readonly string[]): ReturnType<typeof parseArgs> {
  const known = optionsOf(command);
  const options = Object.fromEntries(
    known.map(({ name, value }) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }]),
  );
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true, allowNegative: true });
    for (const { name, negatable } of known) {
      if (parsed.values[name] === false && !negatable) throw new UsageError(`there is no option --no-${name}`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; usage: ${usageOf(command)}`, { cause: error });
  }
}

function checkCount(command: CommandSpec, given: readonly string[]): void {
  const wanted = command.args ?? [];
  const needed = wanted.filter((name) => !name.startsWith('['));
  const missing = needed[given.length];
  if (missing !== undefined) throw new UsageError(`${missing.replace('…', '')} is missing; usage: ${usageOf(command)}`);
  const open = wanted.some((name) => name.includes('…'));
  const extra = given[wanted.length];
  if (!open && extra !== undefined) throw new UsageError(`"${extra}" is too much; usage: ${usageOf(command)}`);
}
