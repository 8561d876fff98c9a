const VERSION = /^v=STSv1[ \t]*;/;
const FIELD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\x21-\x3a\x3c\x3e-\x7e]+$/;
const ID = /^[A-Za-z0-9]{1,32}$/;

/**
 * The id in the TXT records of `_mta-sts.DOMAIN`, which changes when the policy does; undefined when there is not exactly
 * one record, or it is not well-formed: then the domain has no new policy. RFC 8461 section 3.1.
 */
export function findPolicyId(records: readonly string[]): string | undefined {
  const [record, ...more] = records.filter((each) => VERSION.test(each));
  if (record === undefined || more.length > 0) return undefined;
  const fields = record.split(/[ \t]*;[ \t]*/).slice(1);
  if (fields.at(-1)?.trim() === '') fields.pop();
  if (!fields.every((field) => FIELD.test(field))) return undefined;
  const id = fields.find((field) => field.startsWith('id='))?.slice(3);
  return id !== undefined && ID.test(id) ? id : undefined;
}
