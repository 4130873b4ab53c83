import { expect, test } from 'vitest';
import { nearest } from '../../../core/text/nearest.ts';

const keys = ['mode', 'ref', 'ignore-error', 'image-manifest', 'compression', 'scope'];

test('finds what was meant behind a slip or two', () => {
  expect(nearest('ignore_error', keys)).toBe('ignore-error');
  expect(nearest('ignore-errors', keys)).toBe('ignore-error');
  expect(nearest('Image-Manifset', keys)).toBe('image-manifest');
  expect(nearest('scpoe', keys)).toBe('scope');
  expect(nearest('mod', keys)).toBe('mode');
});

test('guesses nothing where nothing is near', () => {
  expect(nearest('dest', keys)).toBeUndefined();
  expect(nearest('x', keys)).toBeUndefined();
  expect(nearest('', keys)).toBeUndefined();
  expect(nearest('compress', keys)).toBeUndefined();
});
