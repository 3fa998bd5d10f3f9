/** Recipes: what a job leaves unsaid, by name. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.recipe;
