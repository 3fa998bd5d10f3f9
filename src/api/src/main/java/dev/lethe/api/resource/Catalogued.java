package dev.lethe.api.resource;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

/**
 * A part of a spec that the catalogue describes. A text is the name of something of that sort; a map has the options of all
 * that are of that sort, of which each may be set beside those that have it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Catalogued {
    /** What the catalogue is asked for. */
    Sort value();

    /** The sorts of things that have names. */
    @SuppressWarnings("ImmutableEnumChecker") // the catalogue's lists are unmodifiable
    enum Sort {
        OBJECTIVE(Catalog.OBJECTIVES.names(), Catalog.OBJECTIVES.options()),
        SUITE(Catalog.SUITES.names(), Catalog.SUITES.options()),
        METHOD(Catalog.METHODS.names(), List.of()),
        MERGE_PARAMETER(List.of(), Catalog.MERGE_PARAMETERS),
        SEMANTICS(Semantics.names(), List.of()),
        RECIPE(Catalog.RECIPES.names(), List.of());

        private final List<String> names;
        private final List<Option> options;

        Sort(List<String> names, List<Option> options) {
            this.names = names;
            this.options = options;
        }

        /** The names that a text may be; none of a sort that has only options. */
        public List<String> names() {
            return names;
        }

        /** The options that an object may have; none of a sort that has only names. */
        public List<Option> options() {
            return options;
        }
    }
}
