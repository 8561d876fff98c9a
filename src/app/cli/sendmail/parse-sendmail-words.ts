import { exitStatus, SendmailFailure } from './exit-status.ts';

/** What sendmail was asked for. */
export interface SendmailRequest {
  /** `--config`; undefined: the usual place. */
  readonly configFile: string | undefined;
  readonly help: boolean;
  /** `-t`: the recipients stand in the message. */
  readonly readRecipients: boolean;
  /** `-f`; '' and `<>` are the null sender. */
  readonly from: string | undefined;
  /** `-F` */
  readonly fullName: string | undefined;
  /** `-i`: a line of one dot is a line like others. */
  readonly ignoreDots: boolean;
  readonly recipients: readonly string[];
}

export const sendmailUsage =
  'usage: posthorn sendmail [-t] [-f ADDRESS] [-F NAME] [-i] [--config FILE] [--] [RECIPIENT…]';

type Draft = { -readonly [Key in keyof SendmailRequest]: SendmailRequest[Key] } & { recipients: string[] };

/** The words behind `sendmail`, with letters in a row and values attached or not, as of old. @throws SendmailFailure */
export function parseSendmailWords(words: readonly string[]): SendmailRequest {
  const draft: Draft = {
    ...{ configFile: undefined, help: false, readRecipients: false, from: undefined, fullName: undefined },
    ...{ ignoreDots: false, recipients: [] },
  };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      draft.recipients.push(...rest.splice(0));
    } else if (word.startsWith('--')) {
      takeLongOption(draft, word, rest);
    } else if (word.startsWith('-') && word.length > 1) {
      takeLetters(draft, word.slice(1), rest);
    } else {
      draft.recipients.push(word);
    }
  }
  return draft;
}

function takeLongOption(draft: Draft, word: string, rest: string[]): void {
  const [name = '', value] = word.split(/=(.*)/s);
  if (name === '--help' && value === undefined) draft.help = true;
  else if (name === '--config') draft.configFile = value ?? valueOf(word, rest);
  else throw usage(`there is no option ${name}`);
}

function takeLetters(draft: Draft, letters: string, rest: string[]): void {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? '';
    const attached = letters.slice(at + 1);
    const value = (): string => (attached === '' ? valueOf(`-${letter}`, rest) : attached);
    if (letter === 't') draft.readRecipients = true;
    else if (letter === 'i') draft.ignoreDots = true;
    else if (letter === 'f' || letter === 'r') draft.from = value();
    else if (letter === 'F') draft.fullName = value();
    else if (letter === 'o') takeOldOption(draft, value());
    else if (letter === 'b') checkMode(value());
    else throw usage(`there is no option -${letter}`);
    if ('fFrob'.includes(letter)) return;
  }
}

/** `-oi` is `-i`; `-oe…` and `-od…` say how to report errors and when to deliver, for which there is one way here. */
function takeOldOption(draft: Draft, option: string): void {
  if (option === 'i') draft.ignoreDots = true;
  else if (!/^[ed]/.test(option)) throw usage(`there is no option -o${option}`);
}

/** `-bm`, reading one message, is the only mode. */
function checkMode(mode: string): void {
  if (mode === 's')
    throw usage('-bs (SMTP on standard input) is not offered: connect to the server itself, or pipe one message in');
  if (mode !== 'm')
    throw usage(`-b${mode} is not offered: there is no queue here, a message is handed to the server at once`);
}

function valueOf(option: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined) throw usage(`${option} needs a value`);
  return value;
}

function usage(message: string): SendmailFailure {
  return new SendmailFailure(exitStatus.usage, `${message}; ${sendmailUsage}`);
}
