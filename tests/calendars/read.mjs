// Read a calendar from standard input with ical.js and with node-ical; print what each saw, as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const text = readFileSync(0, "utf8");
const component = new ICAL.Component(ICAL.parse(text));

// A whole day is a day, wherever this computer is; a time is one of UTC, to the minute.
const minute = (moment) => moment.toISOString().slice(0, 16);
const localDay = (moment) => {
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
};

const icaljs = component.getAllSubcomponents("vevent").map((part) => {
  const event = new ICAL.Event(part);
  return {
    uid: event.uid,
    sequence: event.sequence,
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
    from: event.startDate.isDate ? event.startDate.toString() : minute(event.startDate.toJSDate()),
    until: event.endDate.isDate ? event.endDate.toString() : minute(event.endDate.toJSDate()),
    summary: event.summary,
    location: event.location,
    status: part.getFirstPropertyValue("status"),
    attendees: event.attendees.map((one) => one.getFirstValue()),
  };
});

const nodeical = Object.values(nodeIcal.sync.parseICS(text))
  .filter((part) => part.type === "VEVENT")
  .map((part) => ({
    uid: part.uid,
    sequence: Number(part.sequence),
    start: part.start.toISOString(),
    end: part.end.toISOString(),
    from: part.start.dateOnly ? localDay(part.start) : minute(part.start),
    until: part.end.dateOnly ? localDay(part.end) : minute(part.end),
    summary: part.summary,
    location: part.location,
    status: part.status,
    attendees: [part.attendee ?? []].flat().map((one) => one.val),
  }));

console.log(JSON.stringify({ method: component.getFirstPropertyValue("method"), icaljs, nodeical }));
