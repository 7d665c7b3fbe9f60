// RUTs of people who do not exist: the range from 30 million up is not given out yet.

import { randomInt } from 'node:crypto';

export function checkDigit(body) {
  let sum = 0;
  let weight = 2;
  for (const digit of [...String(body)].reverse()) {
    sum += Number(digit) * weight;
    weight = weight === 7 ? 2 : weight + 1;
  }
  return '0123456789K0'[(11 - (sum % 11)) % 11];
}

/** As people write it: 33.444.555-6. */
export function inventRut() {
  const body = randomInt(30_000_000, 45_000_000);
  return `${body.toLocaleString('de-DE')}-${checkDigit(body)}`;
}

/** The same with a check digit that does not belong to it. */
export function misread(rut) {
  return rut.slice(0, -1) + (rut.endsWith('1') ? '2' : '1');
}
