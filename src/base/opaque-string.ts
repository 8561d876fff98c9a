import { malformed, ok } from './result.ts';
import type { Result } from './result.ts';

/** Exceptions of RFC 5892 section 2.6 (F) that RFC 8264 section 9.6 takes over. */
const allowedByException = /^[\u{df}\u{3c2}\u{6fd}\u{6fe}\u{f0b}\u{3007}]$/u;
const refusedByException = /^[\u{640}\u{7fa}\u{302e}\u{302f}\u{3031}-\u{3035}\u{303b}]$/u;
/** RFC 8264 section 9.9, conjoining jamo that modern Hangul does not need. */
const oldHangulJamo = /^[\u{1100}-\u{11ff}\u{a960}-\u{a97c}\u{d7b0}-\u{d7c6}\u{d7cb}-\u{d7fb}]$/u;
/** RFC 8264 section 9.13 (M) and section 9.12 (L). */
const refusedKinds = /^[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}\p{Cn}\p{Cs}\p{Co}]$/u;
/** RFC 8264 sections 9.1, 9.11 and 9.14 to 9.18: letters, digits, marks, spaces, symbols, punctuation. */
const freeform = /^[\p{L}\p{M}\p{N}\p{Zs}\p{S}\p{P}]$/u;
const virama = /^[\u{94d}\u{9cd}\u{a4d}\u{acd}\u{b4d}\u{bcd}\u{c4d}\u{ccd}\u{d4d}\u{dca}\u{e3a}\u{f84}\u{1039}]$/u;
const contextual = /^[\p{Join_Control}\u{b7}\u{375}\u{5f3}\u{5f4}\u{30fb}\u{660}-\u{669}\u{6f0}-\u{6f9}]$/u;
const maxLength = 1024;

/**
 * The OpaqueString profile of RFC 8265 section 4.2: the form in which passwords are hashed and compared. Other spaces
 * become a space, case stays, NFC. Fails for the empty string, characters outside the FreeformClass of RFC 8264, and
 * what is longer than 1024.
 */
export function prepareOpaqueString(text: string): Result<string> {
  if (text.length > maxLength) return malformed('a shorter password', maxLength);
  const prepared = text.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  if (prepared === '') return malformed('a password that is not empty', 0);
  const characters = Array.from(prepared);
  const scripts = scriptsIn(prepared);
  const bad = characters.findIndex((char, at) => !isFreeform(char, characters, at, scripts));
  return bad < 0 ? ok(prepared) : malformed('printable characters', bad);
}

/** What the contextual rules ask of the whole string; found once, so that all of it stays linear. */
interface Scripts {
  readonly japanese: boolean;
  readonly arabicDigits: boolean;
  readonly extendedArabicDigits: boolean;
}

function scriptsIn(text: string): Scripts {
  return {
    japanese: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text),
    arabicDigits: /[\u{660}-\u{669}]/u.test(text),
    extendedArabicDigits: /[\u{6f0}-\u{6f9}]/u.test(text),
  };
}

function isFreeform(char: string, all: readonly string[], at: number, scripts: Scripts): boolean {
  if (char >= ' ' && char <= '~') return true;
  if (contextual.test(char)) return isInContext(char, all, at, scripts);
  if (allowedByException.test(char)) return true;
  if (refusedByException.test(char) || oldHangulJamo.test(char) || refusedKinds.test(char)) return false;
  return freeform.test(char);
}

/** The contextual rules of RFC 5892 appendix A. ZERO WIDTH NON-JOINER is taken after a virama only (no joining types here). */
function isInContext(char: string, all: readonly string[], at: number, scripts: Scripts): boolean {
  const before = all[at - 1] ?? '';
  const after = all[at + 1] ?? '';
  switch (char) {
    case '\u{200c}':
    case '\u{200d}':
      return virama.test(before);
    case '\u{b7}':
      return before === 'l' && after === 'l';
    case '\u{375}':
      return /^\p{Script=Greek}$/u.test(after);
    case '\u{5f3}':
    case '\u{5f4}':
      return /^\p{Script=Hebrew}$/u.test(before);
    case '\u{30fb}':
      return scripts.japanese;
    default:
      return char < '\u{6f0}' ? !scripts.extendedArabicDigits : !scripts.arabicDigits;
  }
}
