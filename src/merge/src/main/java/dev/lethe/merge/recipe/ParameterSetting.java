package dev.lethe.merge.recipe;

import java.util.List;
import java.util.Optional;

/** The value of a parameter, which may differ between layers and tensors. The rules are mergekit's. */
public sealed interface ParameterSetting {
    /**
     * The value for one tensor.
     *
     * @param tensor its name
     * @param depth of its layer, from 0 for the first to 1 for the last; 0 for a tensor that is in no layer
     */
    Optional<Object> at(String tensor, double depth);

    /** The same everywhere. */
    record Constant(Object value) implements ParameterSetting {
        @Override
        public Optional<Object> at(String tensor, double depth) {
            return Optional.of(value);
        }
    }

    /** Numbers spread evenly over the layers, linear in between; other values by steps. */
    record Gradient(List<Object> values) implements ParameterSetting {
        public Gradient {
            values = List.copyOf(values);
        }

        @Override
        public Optional<Object> at(String tensor, double depth) {
            double position = depth * (values.size() - 1);
            int below = (int) position;
            if (!values.stream().allMatch(Number.class::isInstance)) {
                return Optional.of(values.get(below));
            }
            int above = Math.min(values.size() - 1, below + 1);
            double share = position - below;
            return Optional.of((1 - share) * number(below) + share * number(above));
        }

        private double number(int i) {
            return ((Number) values.get(i)).doubleValue();
        }
    }

    /**
     * A value for tensors whose name contains a text.
     *
     * @param filter the text; empty or {@code *} is all names
     */
    record Case(String filter, ParameterSetting value) {
        boolean matches(String tensor) {
            return filter.isEmpty() || filter.equals("*") || tensor.contains(filter);
        }
    }

    /** The first case that matches. */
    record Cases(List<Case> cases) implements ParameterSetting {
        public Cases {
            cases = List.copyOf(cases);
        }

        @Override
        public Optional<Object> at(String tensor, double depth) {
            return cases.stream().filter(one -> one.matches(tensor)).findFirst().flatMap(one -> one.value()
                    .at(tensor, depth));
        }
    }
}
