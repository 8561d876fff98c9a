import { describe, expect, test } from 'vitest';
import { readS3Location } from './s3-location.ts';

describe('readS3Location', () => {
  test('everything', () => {
    expect(readS3Location('s3://AKIA:s%2Fe%2Bcret@s3.example.test:9000/mail-blobs/a/b?region=eu-1&tls=false')).toEqual({
      origin: 'http://s3.example.test:9000',
      bucket: 'mail-blobs',
      prefix: 'a/b/',
      region: 'eu-1',
      accessKey: 'AKIA',
      secretKey: 's/e+cret',
    });
  });

  test('the least', () => {
    expect(readS3Location('s3://key:secret@s3.example.test/blobs')).toMatchObject({
      origin: 'https://s3.example.test',
      prefix: '',
      region: 'us-east-1',
    });
    expect(readS3Location('s3://key:secret@[::1]:9000/blobs').origin).toBe('https://[::1]:9000');
  });

  for (const [text, complaint] of [
    ['', 'not of the form'],
    ['https://key:secret@host/blobs', 'not of the form'],
    ['s3://host/blobs', 'access key or secret is missing'],
    ['s3://key@host/blobs', 'access key or secret is missing'],
    ['s3://key:secret@host', 'cannot be the bucket'],
    ['s3://key:secret@host/B', 'cannot be the bucket'],
    ['s3://key:secret@host/blobs/a b', 'prefix'],
    ['s3://key:secret@host/blobs?regoin=x', 'no setting "regoin"'],
    ['s3://key:secret@host/blobs?tls=yes', 'true or false'],
    ['s3://key:sec%ret@host/blobs', 'encodes nothing'],
  ] as const) {
    test(`refused: ${text}`, () => {
      expect(() => readS3Location(text)).toThrow(complaint);
      expect(() => readS3Location(text)).not.toThrow('secret@');
    });
  }
});
