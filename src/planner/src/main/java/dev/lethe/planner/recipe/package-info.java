/** Recipes: named defaults for a job. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.recipe;
