def run = evaluate(new File(its, 'run.groovy'))
def classPath = "target/classes${File.pathSeparator}${new File(basedir, 'target/class.path').text.trim()}"
def printed = run("${System.getProperty('java.home')}/bin/java", '-cp', classPath, 'app.App', "--model=$model")
assert printed =~ /WARN.*this application started ONNX Runtime before qwen3tts/
assert printed =~ /spoke [1-9]\d* samples/
assert printed.contains('closed with the context')
assert printed.contains("is still the application's")
