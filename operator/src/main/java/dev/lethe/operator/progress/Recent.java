package dev.lethe.operator.progress;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** The latest values by key, so many and no more: a new one pushes the oldest out. Of several threads. */
final class Recent<K, V> {
    private final int most;
    private final Map<K, V> values = new LinkedHashMap<>();

    Recent(int most) {
        this.most = most;
    }

    synchronized Optional<V> get(K key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The key counts as new. */
    synchronized void put(K key, V value) {
        values.remove(key);
        values.put(key, value);
        bound();
    }

    /** Puts what is made of the value that is there and of this one; the key stays as old as it was. */
    synchronized void merge(K key, V value, BinaryOperator<V> with) {
        values.merge(key, value, with);
        bound();
    }

    private void bound() {
        if (values.size() > most) {
            values.remove(values.keySet().iterator().next());
        }
    }
}
