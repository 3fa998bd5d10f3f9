/** One stage: its attempts, when another follows, and what its worker is told. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.stage;
