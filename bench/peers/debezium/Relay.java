import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.FileReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;

/** Debezium Engine with its event router, sending what it captures to Kafka: a batch, its acknowledgements, the next. */
public final class Relay {
    private static KafkaProducer<byte[], byte[]> producer;

    public static void main(String[] arguments) throws Exception {
        Properties engine = read(arguments[0]);
        producer = new KafkaProducer<>(read(arguments[1]), new ByteArraySerializer(), new ByteArraySerializer());
        var running = DebeziumEngine.create(Connect.class)
            .using(engine)
            .using((success, message, error) -> System.err.println("ended: " + message + " " + error))
            .notifying(Relay::send)
            .build();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(running)));
        executor.submit(running).get();
    }

    private static void send(
            List<ChangeEvent<SourceRecord, SourceRecord>> events,
            DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer) throws InterruptedException {
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>(events.size());
            for (var event : events) {
                sent.add(producer.send(record(event.value())));
            }
            for (var one : sent) {
                one.get();
            }
        } catch (java.util.concurrent.ExecutionException failed) {
            throw new RuntimeException(failed);
        }
        for (var event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private static ProducerRecord<byte[], byte[]> record(SourceRecord from) {
        var made = new ProducerRecord<>(from.topic(), bytes(from.key()), bytes(from.value()));
        for (var header : from.headers()) {
            made.headers().add(header.key(), bytes(header.value()));
        }
        return made;
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] raw) {
            return raw;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            return copy;
        }
        return String.valueOf(value).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static Properties read(String path) throws Exception {
        Properties read = new Properties();
        try (FileReader file = new FileReader(path)) {
            read.load(file);
        }
        return read;
    }

    private static void close(DebeziumEngine<?> running) {
        try {
            running.close();
            producer.close();
        } catch (Exception error) {
            System.err.println("not closed: " + error);
        }
    }
}
