/** Word lists for readable values, neutral enough for any test. */

export const WORDS: readonly string[] =
  "amber anchor atlas autumn basket beacon birch bridge canyon cedar circle cloud cobalt copper coral cotton crystal delta ember falcon field forest garden glacier granite harbor harvest hazel horizon indigo island ivory jasper juniper lantern lemon linen maple marble meadow mirror mosaic mountain nectar north oak ocean olive orchard paper pebble pine planet prairie quartz rain raven river saffron sail season shadow signal silver slate spring stone summer sunset thistle timber valley velvet violet walnut willow window winter".split(
    " ",
  );

export const FIRST_NAMES: readonly string[] =
  "Ada Amara Ben Carla Chen Diego Elena Emil Fatima Grace Hana Ines Jonas Kofi Lena Liam Maya Mina Nadia Noah Omar Priya Rosa Sofia Theo Tomas Yuki Zoe".split(
    " ",
  );

export const LAST_NAMES: readonly string[] =
  "Almeida Bauer Costa Dubois Eriksen Fischer Garcia Haddad Ito Jensen Kim Lopez Martin Mensah Novak Okafor Patel Rossi Silva Tanaka Weber Young".split(
    " ",
  );

export const CITIES: readonly string[] = [
  "Accra",
  "Berlin",
  "Bogotá",
  "Chicago",
  "Kyoto",
  "Lagos",
  "Lisbon",
  "Lyon",
  "Melbourne",
  "Montreal",
  "Mumbai",
  "Oslo",
  "Porto",
  "San Francisco",
  "Seoul",
  "Toronto",
];

export const COUNTRIES: readonly string[] =
  "Brazil Canada France Germany Ghana India Italy Japan Kenya Mexico Norway Portugal Spain Sweden Vietnam".split(
    " ",
  );

export const STREETS: readonly string[] = [
  "Cedar Street",
  "Harbor Road",
  "Hill Lane",
  "Lake Avenue",
  "Maple Street",
  "Mill Road",
  "Station Road",
];

export const COMPANIES: readonly string[] = [
  "Amber Labs",
  "Blue Harbor",
  "Cedar & Co",
  "Lantern Foods",
  "Northwind",
  "Quartz Systems",
  "Riverbank",
];

export const JOBS: readonly string[] = [
  "Accountant",
  "Data Analyst",
  "Designer",
  "Nurse",
  "Product Manager",
  "Software Engineer",
  "Teacher",
];

export const COLORS: readonly string[] =
  "amber black blue brown gray green indigo orange purple red teal white yellow".split(" ");

export const SENTENCES: readonly string[] = [
  "A clear and short summary of the main points.",
  "Everything went as planned and no further steps are needed.",
  "The first result is ready and can be checked.",
  "The group agreed on the next step and on who takes it.",
  "The item is in stock and ships within two days.",
  "The numbers match what was expected for this period.",
  "This part explains how the pieces fit together.",
  "Two options remain, and both have their merits.",
  "We compare both sides and keep the simpler one.",
  "What is left is small and can wait until next week.",
];

export const TITLES: readonly string[] = [
  "A Walk by the River",
  "Autumn Review",
  "Field Notes",
  "Getting Started",
  "Harvest Dinner",
  "Plans for the Garden",
  "Team Meeting",
  "The Lantern Project",
  "Weekly Summary",
];
