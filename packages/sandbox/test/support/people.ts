import type { UserByolCreateRequest, UserTolCreateRequest } from "@upvest-sdk/types";

export const address = {
  address_line1: "Unter den Linden 1",
  postcode: "10117",
  city: "Berlin",
  country: "DE",
} as const;

export const byol: UserByolCreateRequest = {
  first_name: "Ada",
  last_name: "König",
  birth_date: "1990-02-28",
  nationalities: ["DE"],
  address,
};

export const tol: UserTolCreateRequest = {
  ...byol,
  email: "ada@example.com",
  fatca: { status: false, confirmed_at: "2026-01-02T10:00:00Z" },
};
