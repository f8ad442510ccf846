import { expect, it } from 'vitest';
import { checkAnswer } from './answers.js';

const file = { url: 'https://data.example/a.h5.gz', name: 'a.h5.gz', bytes: 10 };
const answer = (url: string, headers: Record<string, string>) => ({
  url,
  status: 200,
  headers: new Headers(headers),
});

it('refuses to be sent on to an address without encryption', () => {
  checkAnswer(file, answer('https://mirror.example/a.h5.gz', { 'content-length': '10' }));
  expect(() => checkAnswer(file, answer('http://portal.example/', {}))).toThrow(
    'https://data.example/a.h5.gz (sent on to http://portal.example/) sends on to an address without encryption; nothing of it was kept',
  );
});

it('takes no length of bytes that are packed on the way for the file’s', () => {
  checkAnswer(file, answer(file.url, { 'content-length': '7', 'content-encoding': 'gzip' }));
  expect(() => checkAnswer(file, answer(file.url, { 'content-length': '7' }))).toThrow(
    'has 7 bytes there instead of 10',
  );
});
