"""Check a folder of evidence against the task list of a unit; nothing is changed in the folder or sent anywhere."""
