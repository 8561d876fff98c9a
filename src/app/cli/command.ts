/** One option of a command; all are long. */
export interface OptionSpec {
  readonly name: string;
  /** What the value is called in help; undefined: a flag without value. */
  readonly value?: string;
  /** `--no-NAME` is there too. */
  readonly negatable?: boolean;
  readonly help: string;
}

/** How a command speaks and listens: the streams of the process, or a test. */
export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
  /** All of standard input. @throws Refusal when it is longer than `limit` octets */
  readInput(limit: number): Promise<Buffer>;
}

/** What a command was given. */
export interface CommandInput {
  readonly io: CommandIo;
  readonly args: readonly string[];
  /** Given at least once; `--no-NAME`: false. */
  flag(name: string): boolean | undefined;
  text(name: string): string | undefined;
  /** Facts for programs with `--json`, otherwise for people. */
  print(facts: unknown, forPeople: () => string): void;
}

/** One command of the command line. What it runs loads what it needs, so that no command pays for another. */
export type CommandSpec = CommandText & (OrdinaryCommand | RawCommand);

interface CommandText {
  readonly path: readonly string[];
  /** Arguments for help; `[X]` may be left out, `X…` may be several. */
  readonly args?: readonly string[];
  readonly summary: string;
  /** More for `--help`. */
  readonly details?: string;
  readonly options?: readonly OptionSpec[];
  /** Prints facts: has `--json`. */
  readonly json?: boolean;
}

interface OrdinaryCommand {
  run(input: CommandInput): Promise<void>;
  readonly runWords?: undefined;
}

/** Reads its own words and has its own exit statuses, because others made them up long ago. */
interface RawCommand {
  runWords(words: readonly string[], io: CommandIo): Promise<number>;
}

/** Wrong usage: status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const configOption: OptionSpec = {
  name: 'config',
  value: 'FILE',
  help: 'the configuration (default: $POSTHORN_CONFIG, ./posthorn.yaml, /etc/posthorn/posthorn.yaml)',
};

const helpOption: OptionSpec = { name: 'help', help: 'this text' };
const jsonOption: OptionSpec = { name: 'json', help: 'JSON for programs' };

/** All options of a command, also those that every command has. */
export function optionsOf(command: CommandSpec): readonly OptionSpec[] {
  return [...(command.options ?? []), ...(command.json ? [jsonOption] : []), helpOption];
}
