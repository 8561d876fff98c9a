import { explainFailure } from '../explain-failure.ts';
import { UsageError } from './command.ts';
import type { CommandIo, CommandSpec } from './command.ts';
import { commands } from './commands.ts';
import { findCommand, parseArguments } from './parse-arguments.ts';
import { printCommandList, printHelp } from './print-help.ts';

/** Runs the command line; the exit status: 0 done, 1 failed, 2 wrong usage. */
export async function main(words: readonly string[], io: CommandIo): Promise<number> {
  if (words.length === 0 || words[0] === 'help' || words[0] === '--help') return help(words.slice(1), io);
  if (words[0] === '--version') return main(['version'], io);
  const found = findCommand(commands, words);
  if (!found) return noCommand(words, io);
  return runCommand(found.command, found.rest, io);
}

async function runCommand(command: CommandSpec, words: readonly string[], io: CommandIo): Promise<number> {
  if (command.runWords) return command.runWords(words, io);
  try {
    const input = parseArguments(command, words, io);
    if (input !== 'help') await command.run(input);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, 2, io);
    const reason = explainFailure(error);
    if (reason !== undefined) return complain(reason, 1, io);
    throw error;
  }
}

function complain(message: string, status: number, io: CommandIo): number {
  io.err(
    `${message
      .split('\n')
      .map((line) => `posthorn: ${line}`)
      .join('\n')}\n`,
  );
  return status;
}

function help(words: readonly string[], io: CommandIo): number {
  const found = findCommand(commands, words);
  if (found && words.length > 0) {
    io.out(printHelp(found.command));
    return 0;
  }
  io.out(`posthorn is a mail server.\n\n${printCommandList(commands, words)}\n"posthorn COMMAND --help" tells more.\n`);
  return 0;
}

/** Part of a name lists what there is; so does `--help` after it. */
function noCommand(words: readonly string[], io: CommandIo): number {
  const known = words.filter((word) => !word.startsWith('-'));
  const next = new Set(
    commands
      .filter(({ path }) => known.every((word, n) => path[n] === word))
      .map(({ path }) => path[known.length] ?? ''),
  );
  if (next.size > 0 && words.includes('--help')) return help(known, io);
  if (next.size > 0) {
    const name = known.join(' ');
    return complain(`"${name}" needs one more word: ${[...next].join(', ')}; see "posthorn help ${name}"`, 2, io);
  }
  return complain(`there is no command "${known.join(' ')}"; see "posthorn help"`, 2, io);
}
