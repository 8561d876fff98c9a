import { Refusal } from '../refusal.ts';
import { UsageError } from './command.ts';
import type { CommandSpec } from './command.ts';
import { commands } from './commands.ts';
import { findCommand, parseArguments } from './parse-arguments.ts';
import { printCommandList, printHelp } from './print-help.ts';

/** Runs the command line; the exit status: 0 done, 1 failed, 2 wrong usage. */
export async function main(words: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no failure.
  process.stdout.on('error', () => process.exit(0));
  if (words.length === 0 || words[0] === 'help' || words[0] === '--help') return help(words.slice(1));
  if (words[0] === '--version') return main(['version']);
  const found = findCommand(commands, words);
  if (!found) return noCommand(words);
  return runCommand(found.command, found.rest);
}

async function runCommand(command: CommandSpec, words: readonly string[]): Promise<number> {
  try {
    const input = parseArguments(command, words, (text) => process.stdout.write(text));
    if (input !== 'help') await command.run(input);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, 2);
    if (isExpected(error)) return complain(error.message, 1);
    throw error;
  }
}

/** Reasons that a person can do something about. All else is a fault of ours and shows where it came from. */
function isExpected(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof Refusal ||
    ['DirectoryInvalid', 'DatabaseTooNew', 'StorageFull'].includes(error.name) ||
    'syscall' in error
  );
}

function complain(message: string, status: number): number {
  process.stderr.write(
    `${message
      .split('\n')
      .map((line) => `posthorn: ${line}`)
      .join('\n')}\n`,
  );
  return status;
}

function help(words: readonly string[]): number {
  const found = findCommand(commands, words);
  if (found && words.length > 0) {
    process.stdout.write(printHelp(found.command));
    return 0;
  }
  process.stdout.write(
    `posthorn is a mail server.\n\n${printCommandList(commands, words)}\n"posthorn COMMAND --help" tells more.\n`,
  );
  return 0;
}

/** Part of a name lists what there is; so does `--help` after it. */
function noCommand(words: readonly string[]): number {
  const known = words.filter((word) => !word.startsWith('-'));
  const next = new Set(
    commands
      .filter(({ path }) => known.every((word, n) => path[n] === word))
      .map(({ path }) => path[known.length] ?? ''),
  );
  if (next.size > 0 && words.includes('--help')) return help(known);
  if (next.size > 0) {
    const name = known.join(' ');
    return complain(`"${name}" needs one more word: ${[...next].join(', ')}; see "posthorn help ${name}"`, 2);
  }
  return complain(`there is no command "${known.join(' ')}"; see "posthorn help"`, 2);
}
