import types = require("@upvest-sdk/types");
import events = require("@upvest-sdk/types/events");
import openapi = require("@upvest-sdk/types/openapi");
import operations = require("@upvest-sdk/types/operations");

export const version: string = types.apiVersion;
export const sameVersion: string = openapi.apiVersion;
export const first: types.EventType | undefined = events.eventTypes[0];
export const input: types.InputOf<typeof operations.retrieveOrder> = { path: { order_id: "o" } };
