/** The contract between planner and worker. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api.stage;
