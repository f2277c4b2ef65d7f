/** Where the BMC of the lab's machine is, and how to get in. */
export const BMC_ADDRESS = '10.99.0.20';
export const BMC_USER = 'lab';
export const BMC_PASSWORD = 'Lab-secret-9';
