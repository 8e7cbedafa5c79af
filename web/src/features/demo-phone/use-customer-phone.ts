import { PhoneToken } from '@offhook/contract';
import { useEffect, useState } from 'react';
import { api } from '../../lib/api.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import { CustomerPhone } from '../../phone/customer-phone.ts';

/** One customer's phone for as long as the page is open. */
export function useCustomerPhone(): CustomerPhone | null {
  const { signalHost } = usePhoneSettings();
  const [phone, setPhone] = useState<CustomerPhone | null>(null);
  useEffect(() => {
    const made = new CustomerPhone({
      signalHost,
      fetchToken: () =>
        api.get('/api/phone/token', PhoneToken, { query: { identity: 'demo_phone' } }),
    });
    setPhone(made);
    return () => made.close();
  }, [signalHost]);
  return phone;
}
