import { expect, it } from 'vitest';
import { concealField } from './secrets.ts';
import { Traffic } from './traffic.ts';

it.each([
  ['Password', 'Correct1Horse2', '(hidden)'],
  ['SipAuthPassword', 'Correct1Horse2', '(hidden)'],
  ['Username', 'ada', 'ada'],
  ['To', 'sip:ada:secret@phones.example.com', 'sip:ada:(hidden)@phones.example.com'],
  ['To', 'sip:ada@phones.example.com:5070', 'sip:ada@phones.example.com:5070'],
  [
    'Url',
    'https://ada:secret@app.example.com:8443/voice?SipAuthPassword=x&order=1',
    'https://ada:(hidden)@app.example.com:8443/voice?SipAuthPassword=(hidden)&order=1',
  ],
  [
    'Twiml',
    `<Sip username="ada" password="a'b">sip:eve@host</Sip>`,
    '<Sip username="ada" password="(hidden)">sip:eve@host</Sip>',
  ],
])('a field %s that says %s is shown as %s', (name, value, shown) => {
  expect(concealField(name, value)).toBe(shown);
});

it('no password is kept with the traffic, wherever it stood', () => {
  const traffic = new Traffic();
  const response = `<Response><Dial><Sip password = 'secret'>sip:eve@host</Sip></Dial></Response>`;
  const url = 'https://ada:secret@app.example.com/voice?Password=secret';
  traffic.add({ kind: 'rest', url, response, parameters: [['Password', 'secret']] });
  expect(JSON.stringify(traffic.after(0))).not.toContain('secret');
});
