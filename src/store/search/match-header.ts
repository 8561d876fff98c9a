import { decodeHeaderText } from '../../mime/decode-words.ts';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import { parseHeader, type HeaderField } from '../../mime/parse-header.ts';
import { isChangedByDecoding, searchedLines, searchedValues } from '../../mime/searched-fields.ts';

/** Octets whose decoding is not just what they are, and carriage returns that end no line. */
// oxlint-disable-next-line no-control-regex
const unusual = /[^\t\n\r\x20-\x7e]|\r(?!\n)/;
/** Where a needle would match more of a searched line than of the octets: the blank behind a colon is always there. */
const literal = /^[^\0-\x20\x7f:][^\0-\x1f\x7f:]*$/; // oxlint-disable-line no-control-regex

/**
 * Is the needle (folded) in one of the header's searched lines? Most fields are looked at as they stand, without decoding.
 * @param header its octets, one character each
 * @param isKnown fields of this name (lower case) do not hold the needle in what they say
 */
export function isInHeader(header: string, needle: string, isKnown: (name: string) => boolean): boolean {
  const holds = (field: HeaderField): boolean =>
    searchedLines(field).some((line) => foldForSearch(line).includes(needle));
  if (!literal.test(needle) || unusual.test(header)) return parseHeader(header).fields.some(holds);
  if (withoutFolds(header).toLowerCase().includes(needle)) return parseHeader(header).fields.some(holds);
  return parseHeader(header).fields.some((field) => isChangedByDecoding(field) && !isKnown(field.name) && holds(field));
}

/**
 * Does a field of this name (lower case) hold the needle (folded)? An empty needle: is there one? RFC 9051 section 6.4.4.
 * @param header its octets, one character each
 */
export function isInField(header: string, fieldName: string, needle: string): boolean {
  return parseHeader(header).fields.some(
    (field) =>
      shownName(field) === fieldName &&
      (needle === '' || searchedValues(field).some((value) => foldForSearch(value).includes(needle))),
  );
}

/** Names are ASCII, most often. */
function shownName({ name }: HeaderField): string {
  return /^[!-<>-~]*$/.test(name) ? name : foldForSearch(decodeHeaderText(name));
}

function withoutFolds(header: string): string {
  return header.replace(/\r?\n(?=[ \t])/g, '');
}
