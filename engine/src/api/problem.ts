/** An answer that is not a success, in the shape of Twilio's errors. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
  }
}

export function notFound(path: string): ApiProblem {
  return new ApiProblem(404, 20_404, `The requested resource ${path} was not found`);
}

export interface ProblemBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

export function problemBody(status: number, code: number, message: string): ProblemBody {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
