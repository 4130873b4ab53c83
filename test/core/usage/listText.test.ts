import { describe, expect, test } from 'vitest';
import {
  commaItems,
  csvFields,
  helmItems,
  lineItems,
  optionAttributes,
  plainCommaItems,
  rowAttributes,
  wordItems,
} from '../../../core/usage/listText.ts';

const row = (text: string) => Object.fromEntries(rowAttributes(text));
const option = (text: string) => Object.fromEntries(optionAttributes(text));

describe('lists as the tools take them apart', () => {
  // docker/build-push-action, README: “List/CSV type can be used as newline-delimited string”, `tags` also by comma.
  test.for<[string, readonly string[]]>([
    ['user/app:latest,user/app:1.0', ['user/app:latest', 'user/app:1.0']],
    ['user/app:latest\nuser/app:1.0\n', ['user/app:latest', 'user/app:1.0']],
    ['user/app:latest, user/app:1.0', ['user/app:latest', 'user/app:1.0']],
    ['ghcr.io/org/app:pr-x,ghcr.io/org/app', ['ghcr.io/org/app:pr-x', 'ghcr.io/org/app']],
    ['"user/app:1,user/app:2"', ['user/app:1', 'user/app:2']],
    ['"user/app:1,user/app:2",user/app:3', ['user/app:1,user/app:2', 'user/app:3']],
    ['\r\nuser/app:1\r\n\r\n', ['user/app:1']],
    ['', []],
  ])('the tags of build-push-action: %j', ([text, items]) => {
    expect(commaItems(text)).toEqual(items);
  });

  test.for<[string, readonly string[]]>([
    ['A=1\nB=2', ['A=1', 'B=2']],
    ['A=1,2,3', ['A=1,2,3']],
    ['type=registry,ref=user/app:cache,mode=max', ['type=registry,ref=user/app:cache,mode=max']],
    ['"A=1,2"', ['A=1,2']],
    ['\n\n', []],
  ])('its build-args, labels, outputs and caches: %j', ([text, items]) => {
    expect(lineItems(text)).toEqual(items);
  });

  test.for<[string, Record<string, string>]>([
    ['type=ref,event=branch', { type: 'ref', event: 'branch' }],
    ['type=raw,value=a,value=latest', { type: 'raw', value: 'latest' }],
    ['type=sha,prefix=a,enable=false-', { type: 'sha', prefix: 'a', enable: 'false-' }],
    ['latest', { value: 'latest' }],
    ['type=raw,Value = a', { type: 'raw', value: 'a' }],
    ['type=raw,value=a=b', { type: 'raw', value: 'a' }],
    ['type=match,"pattern=v(.*),x",group=1', { type: 'match', pattern: 'v(.*),x', group: '1' }],
  ])('the rows of metadata-action: %j', ([text, attributes]) => {
    expect(row(text)).toEqual(attributes);
  });

  test.for<[string, Record<string, string>]>([
    ['type=registry,ref=user/app:cache,ref=user/app', { type: 'registry', ref: 'user/app' }],
    ['type=image,"name=a:1,b:2",push=true', { type: 'image', name: 'a:1,b:2', push: 'true' }],
    ['user/app:cache', { 'user/app:cache': '' }],
  ])('the options of BuildKit: %j', ([text, attributes]) => {
    expect(option(text)).toEqual(attributes);
  });

  // helm, “The Format and Limitations of --set”.
  test.for<[string, readonly string[]]>([
    ['a=b,c=d', ['a=b', 'c=d']],
    ['name=value1\\,value2', ['name=value1,value2']],
    ['name={a,b,c}', ['name={a,b,c}']],
    ['name={a,b},other=1', ['name={a,b}', 'other=1']],
    ['image.tag=x,image.repository=evil/app', ['image.tag=x', 'image.repository=evil/app']],
  ])('the values of helm: %j', ([text, items]) => {
    expect(helmItems(text)).toEqual(items);
  });

  test('tags of oras and ko at commas, of podman’s actions at spaces', () => {
    expect(plainCommaItems('v1,latest, edge')).toEqual(['v1', 'latest', 'edge']);
    expect(wordItems(' latest v1\nv2 ')).toEqual(['latest', 'v1', 'v2']);
  });

  test('a quoted field keeps its commas and doubled quotes', () => {
    expect(csvFields('"a ""b"", c",d')).toEqual(['a "b", c', 'd']);
    expect(csvFields('a"b,c')).toEqual(['a"b', 'c']);
  });
});
